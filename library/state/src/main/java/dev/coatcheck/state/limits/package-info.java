/**
 * Limits: how often something may happen, counted once for all processes.
 *
 * <p>The port is {@link dev.coatcheck.state.limits.Limits}.
 */
@NullMarked
package dev.coatcheck.state.limits;

import org.jspecify.annotations.NullMarked;
