/**
 * What every adapter does while its store is away, slow, silent, full, or killed in the middle of an operation: each port's
 * operations keep what they promise for it, in bounded time, and go on afterwards.
 */
@NullMarked
package dev.coatcheck.contracts.faults;

import org.jspecify.annotations.NullMarked;
