/**
 * Leases: who alone may do something now, among all processes.
 *
 * <p>The port is {@link dev.coatcheck.state.leases.Leases}; an adapter is a
 * {@link dev.coatcheck.state.leases.LeaseStore}.
 */
@NullMarked
package dev.coatcheck.state.leases;

import org.jspecify.annotations.NullMarked;
