@NullMarked
package dev.coatcheck.gallery.images;

import org.jspecify.annotations.NullMarked;
