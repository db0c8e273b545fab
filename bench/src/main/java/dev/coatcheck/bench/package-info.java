/** Programs that {@code bench/run} starts. */
@NullMarked
package dev.coatcheck.bench;

import org.jspecify.annotations.NullMarked;
