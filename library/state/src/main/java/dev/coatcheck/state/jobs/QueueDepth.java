package dev.coatcheck.state.jobs;

import java.time.Duration;

/**
 * How much is in a queue.
 *
 * @param waiting jobs that may be run now
 * @param delayed jobs whose time has not come
 * @param running jobs that workers have
 * @param dead jobs whose last attempt failed
 * @param oldestWaiting for how long the oldest of the waiting could have been run; zero where none waits
 */
public record QueueDepth(long waiting, long delayed, long running, long dead, Duration oldestWaiting) {}
