package dev.coatcheck.contracts;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Does something in several threads that all begin at the same moment, within a limit of time. */
public final class Together {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Together() {}

    /** What one thread does; its number counts from 0. */
    @FunctionalInterface
    public interface Part {
        void run(int thread) throws Exception;
    }

    /** What one thread computes; its number counts from 0. */
    @FunctionalInterface
    public interface Call<T> {
        T call(int thread) throws Exception;
    }

    /** Runs a part in each thread; the first failure is the caller's. */
    public static void run(int threads, Part part) {
        call(threads, thread -> {
            part.run(thread);
            return true;
        });
    }

    /** What each thread computed, by its number; the first failure is the caller's. */
    public static <T> List<T> call(int threads, Call<T> call) {
        var start = new CountDownLatch(1);
        var futures = new ArrayList<Future<T>>();
        for (int i = 0; i < threads; i++) {
            int thread = i;
            var future = new FutureTask<T>(() -> {
                start.await();
                return call.call(thread);
            });
            futures.add(future);
            Thread.ofPlatform().daemon().name("together-" + thread).start(future);
        }
        start.countDown();
        try {
            return results(futures);
        } finally {
            futures.forEach(future -> future.cancel(true));
        }
    }

    private static <T> List<T> results(List<Future<T>> futures) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        var results = new ArrayList<T>();
        try {
            for (var future : futures) {
                results.add(future.get(end - System.nanoTime(), TimeUnit.NANOSECONDS));
            }
            return results;
        } catch (ExecutionException e) {
            throw new AssertionError("one of several threads failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("several threads were not done after " + PATIENCE, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while several threads worked", e);
        }
    }
}
