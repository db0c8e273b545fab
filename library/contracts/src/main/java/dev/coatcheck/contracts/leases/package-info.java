/**
 * What every adapter of {@link dev.coatcheck.state.leases.Leases} passes, and the reference in memory:
 * {@link dev.coatcheck.contracts.leases.LeasesContract},
 * {@link dev.coatcheck.contracts.leases.SharedLeasesContract}.
 */
@NullMarked
package dev.coatcheck.contracts.leases;

import org.jspecify.annotations.NullMarked;
