@NullMarked
package dev.coatcheck.gallery.photos;

import org.jspecify.annotations.NullMarked;
