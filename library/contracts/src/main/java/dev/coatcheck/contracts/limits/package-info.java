/**
 * What an adapter of {@link dev.coatcheck.state.limits.Limits} must pass, as the reference
 * {@link dev.coatcheck.state.limits.LocalLimits} does:
 * {@link dev.coatcheck.contracts.limits.LimitsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.limits.SharedLimitsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.limits;

import org.jspecify.annotations.NullMarked;
