/**
 * Where the state lives that a step left behind: {@linkplain dev.coatcheck.prove.location.Needles needles} are looked for
 * in the memory of processes, in the heaps of Java and Node, in files and in backing services, and what is found is told
 * as a {@link dev.coatcheck.prove.location.Location}.
 */
@NullMarked
package dev.coatcheck.prove.location;

import org.jspecify.annotations.NullMarked;
