/**
 * Tells whether a fleet answers as the control does: {@link dev.coatcheck.prove.compare.Control} learns from several runs
 * what varies by itself, a {@link dev.coatcheck.prove.compare.Comparison} finds the
 * {@linkplain dev.coatcheck.prove.compare.Difference differences} of another run.
 */
@NullMarked
package dev.coatcheck.prove.compare;

import org.jspecify.annotations.NullMarked;
