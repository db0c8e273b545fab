/**
 * What an adapter of {@link dev.coatcheck.state.jobs.Jobs} must pass, and the in-memory reference that passes it:
 * {@link dev.coatcheck.contracts.jobs.JobsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.jobs.SharedJobsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.jobs;

import org.jspecify.annotations.NullMarked;
