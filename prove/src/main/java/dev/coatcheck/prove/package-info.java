/**
 * Proves that any process of an application can serve any request, or finds the request that breaks, the one that left the
 * state behind, and where it lives. {@link dev.coatcheck.prove.Proof} is where it begins.
 */
@NullMarked
package dev.coatcheck.prove;

import org.jspecify.annotations.NullMarked;
