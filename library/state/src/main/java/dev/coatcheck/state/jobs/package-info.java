/**
 * Jobs: work that outlives the request which asked for it, done by whichever worker is free.
 *
 * <p>The port is {@link dev.coatcheck.state.jobs.Jobs}; {@link dev.coatcheck.state.jobs.Worker} runs handlers on it, and
 * {@link dev.coatcheck.state.jobs.Scheduler} enqueues what comes again and again.
 */
@NullMarked
package dev.coatcheck.state.jobs;

import org.jspecify.annotations.NullMarked;
