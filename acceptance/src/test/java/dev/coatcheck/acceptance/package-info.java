/** The gallery as a person runs it: {@code ./coatcheck up gallery}, from the outside. */
@NullMarked
package dev.coatcheck.acceptance;

import org.jspecify.annotations.NullMarked;
