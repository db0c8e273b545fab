package dev.coatcheck.contracts.jobs;

import dev.coatcheck.state.jobs.Jobs;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Threads that wait for work, and whether anybody wakes them. */
final class Waiting {
    /** So long that who returns within {@link JobsUnderTest#PATIENCE} was woken. */
    static final Duration FOR_EVER = Duration.ofMinutes(10);

    private Waiting() {}

    /** A thread that waits for work; it may still be about to. */
    static FutureTask<Void> waiting(Jobs jobs) throws InterruptedException {
        var begun = new CountDownLatch(1);
        var task = task(() -> {
            begun.countDown();
            jobs.awaitWork(Set.of(JobsUnderTest.QUEUE), FOR_EVER);
        });
        Thread.ofVirtual().start(task);
        begun.await();
        return task;
    }

    /**
     * Until whoever waits here is told of what happens: the word that something may have been missed, which comes to the first
     * who waits, has come by then.
     */
    static void listening(Jobs jobs) throws ExecutionException, InterruptedException {
        JobsUnderTest.claim(jobs, 1, JobsUnderTest.LONG);
        var first = waiting(jobs);
        JobsUnderTest.enqueue(jobs, "");
        woken(first);
        jobs.complete(JobsUnderTest.claimOne(jobs, JobsUnderTest.LONG));
    }

    /** A thread that has found nothing, and waits until it has claimed a job: one that is not told of any sleeps for ever. */
    static FutureTask<Void> claiming(Jobs jobs) throws InterruptedException {
        var nothing = new CountDownLatch(1);
        var task = task(() -> {
            while (JobsUnderTest.claim(jobs, 1, JobsUnderTest.LONG).isEmpty()) {
                nothing.countDown();
                jobs.awaitWork(Set.of(JobsUnderTest.QUEUE), FOR_EVER);
            }
        });
        Thread.ofVirtual().start(task);
        if (!nothing.await(JobsUnderTest.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("who is to wait has found a job");
        }
        return task;
    }

    static void woken(FutureTask<Void> waiter) throws ExecutionException, InterruptedException {
        try {
            waiter.get(JobsUnderTest.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("nobody woke who waits for work", e);
        }
    }

    static FutureTask<Void> task(Step step) {
        return new FutureTask<>(() -> {
            step.run();
            return null;
        });
    }

    /** Something that may take time. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
