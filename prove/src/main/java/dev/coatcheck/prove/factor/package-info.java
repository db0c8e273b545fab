/**
 * What can be observed of an application beside its state: whether it is run as the twelve factors ask. Advice, and no part of
 * the verdict.
 */
@NullMarked
package dev.coatcheck.prove.factor;

import org.jspecify.annotations.NullMarked;
