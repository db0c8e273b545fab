/** The gallery as a person runs it: {@code ./coatcheck up gallery}, from the outside. */
@NullMarked
package dev.coatcheck.gallery.formation;

import org.jspecify.annotations.NullMarked;
