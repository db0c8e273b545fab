/**
 * What every adapter of {@link dev.coatcheck.state.idempotency.Idempotency} passes, and the reference in memory:
 * {@link dev.coatcheck.contracts.idempotency.IdempotencyContract},
 * {@link dev.coatcheck.contracts.idempotency.SharedIdempotencyContract}.
 */
@NullMarked
package dev.coatcheck.contracts.idempotency;

import org.jspecify.annotations.NullMarked;
