package dev.coatcheck.process.health;

import dev.coatcheck.process.health.ResourceStatus.Down;
import dev.coatcheck.process.health.ResourceStatus.Up;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attached resource. However many ask, its check runs at most once at a time and once a second, on one thread: a check
 * that hangs and ignores its interrupt is waited for anew rather than started again.
 */
final class ResourceCheck {
    /** How long an answer is good for, so that polls cannot hammer a store. */
    static final Duration FRESH = Duration.ofSeconds(1);

    private static final Logger log = LoggerFactory.getLogger(Health.class);

    private final String name;
    private final Duration timeout;
    private final Check check;
    private final LongSupplier nanoTime;

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable ResourceStatus last;
    private long lastAt;
    private @Nullable Run run;

    ResourceCheck(String name, Duration timeout, Check check, LongSupplier nanoTime) {
        this.name = name;
        this.timeout = timeout;
        this.check = check;
        this.nanoTime = nanoTime;
    }

    String name() {
        return name;
    }

    /** Takes at most twice the check's time-out: once for another's turn, once for its own. */
    Readiness.Resource ask() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            var known = last;
            if (known == null || nanoTime.getAsLong() - lastAt >= FRESH.toNanos()) {
                var found = askAnew();
                tellChange(known, found);
                last = found.status();
                lastAt = nanoTime.getAsLong();
                known = found.status();
            }
            return new Readiness.Resource(name, known);
        } finally {
            lock.unlock();
        }
    }

    private record Found(ResourceStatus status, @Nullable Throwable failure) {}

    /** A check under way. Its task is never cancelled: that would call it done while its thread still runs. */
    private record Run(FutureTask<Duration> task, Thread thread) {}

    private Found askAnew() throws InterruptedException {
        var current = run;
        if (current == null || current.task().isDone()) {
            var task = new FutureTask<>(this::measure);
            current = new Run(task, Thread.ofVirtual().name("health-" + name).start(task));
            run = current;
        }
        try {
            return new Found(new Up(current.task().get(timeout.toNanos(), TimeUnit.NANOSECONDS)), null);
        } catch (TimeoutException late) {
            current.thread().interrupt();
            return new Found(new Down("no answer within " + timeout.toMillis() + " ms"), null);
        } catch (ExecutionException failed) {
            var failure = failed.getCause() == null ? failed : failed.getCause();
            return new Found(new Down("failed with " + failure.getClass().getSimpleName()), failure);
        }
    }

    private Duration measure() throws Exception {
        var begun = System.nanoTime();
        check.run();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** The log tells when a resource went and came, not that it is still away. */
    private void tellChange(@Nullable ResourceStatus before, Found found) {
        switch (found.status()) {
            case Up ignored when before instanceof Down -> log.info("The resource {} answers again", name);
            case Up ignored -> {}
            case Down ignored when before instanceof Down -> {}
            case Down down -> log.warn("The resource {} does not answer: {}", name, down.reason(), found.failure());
        }
    }
}
