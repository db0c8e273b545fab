/** Images: what an upload claims to be, and the variants that are made of it. Knows no store and no HTTP. */
@NullMarked
package dev.coatcheck.gallery.images;

import org.jspecify.annotations.NullMarked;
