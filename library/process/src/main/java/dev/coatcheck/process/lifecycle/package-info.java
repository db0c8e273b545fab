/**
 * A process's life: {@link dev.coatcheck.process.lifecycle.Lifecycle} says when it is ready, and on SIGTERM stops it in a
 * written order within a limit.
 */
@NullMarked
package dev.coatcheck.process.lifecycle;

import org.jspecify.annotations.NullMarked;
