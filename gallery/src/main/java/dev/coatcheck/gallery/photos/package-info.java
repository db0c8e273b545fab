/** Photos: upload, the album, and the variants that a worker makes. */
@NullMarked
package dev.coatcheck.gallery.photos;

import org.jspecify.annotations.NullMarked;
