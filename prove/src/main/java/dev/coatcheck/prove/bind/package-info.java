/**
 * Finds out where the values of a recorded conversation came from, so that it can be played again: ids that a new run
 * gives otherwise, tokens, hidden fields of forms.
 */
@NullMarked
package dev.coatcheck.prove.bind;

import org.jspecify.annotations.NullMarked;
