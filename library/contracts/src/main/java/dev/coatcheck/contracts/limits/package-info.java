/**
 * What an adapter of {@link dev.coatcheck.state.limits.Limits} must pass, and the in-memory reference that passes it:
 * {@link dev.coatcheck.contracts.limits.LimitsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.limits.SharedLimitsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.limits;

import org.jspecify.annotations.NullMarked;
