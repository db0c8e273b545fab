/**
 * A photo gallery that keeps all its state outside its processes: sessions and limits in Redis, accounts, photos and jobs
 * in PostgreSQL. {@link dev.coatcheck.gallery.Main} starts its process types.
 */
@NullMarked
package dev.coatcheck.gallery;

import org.jspecify.annotations.NullMarked;
