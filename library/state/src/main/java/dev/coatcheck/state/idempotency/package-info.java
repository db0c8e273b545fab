/**
 * Idempotency: the answer to a request that may be sent again is kept outside the process, and given again.
 *
 * <p>The port is {@link dev.coatcheck.state.idempotency.Idempotency}.
 */
@NullMarked
package dev.coatcheck.state.idempotency;

import org.jspecify.annotations.NullMarked;
