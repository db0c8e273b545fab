/**
 * The heaps of runtimes as graphs: what {@code jcmd} dumps of a JVM and what V8 writes as a snapshot, and the path in
 * there that tells a person where a needle lives.
 */
@NullMarked
package dev.coatcheck.prove.location.heap;

import org.jspecify.annotations.NullMarked;
