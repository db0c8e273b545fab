/** The gallery's own tables. */
@NullMarked
package dev.coatcheck.gallery.database;

import org.jspecify.annotations.NullMarked;
