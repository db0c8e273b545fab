/**
 * What an adapter of {@link dev.coatcheck.state.flags.FlagStore} must pass, as the reference
 * {@link dev.coatcheck.contracts.flags.InMemoryFlagStore} does:
 * {@link dev.coatcheck.contracts.flags.FlagsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.flags.SharedFlagsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.flags;

import org.jspecify.annotations.NullMarked;
