@NullMarked
package dev.coatcheck.gallery;

import org.jspecify.annotations.NullMarked;
