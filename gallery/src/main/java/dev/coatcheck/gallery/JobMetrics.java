package dev.coatcheck.gallery;

import dev.coatcheck.gallery.photos.Photos;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.QueueDepth;
import dev.coatcheck.state.jobs.RecentDepths;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** What waits, runs and has failed in the queue of photos, the same in each process that is asked. */
final class JobMetrics {
    private static final Duration MAX_AGE = Duration.ofSeconds(10);

    private JobMetrics() {}

    static void register(MeterRegistry registry, Jobs jobs) {
        var depths = new RecentDepths(jobs, MAX_AGE);
        gauge(registry, "jobs.waiting", "Jobs that may be run now", depths, QueueDepth::waiting);
        gauge(registry, "jobs.delayed", "Jobs whose time has not come", depths, QueueDepth::delayed);
        gauge(registry, "jobs.running", "Jobs that workers have", depths, QueueDepth::running);
        gauge(registry, "jobs.dead", "Jobs whose last attempt has failed", depths, QueueDepth::dead);
        gauge(
                registry,
                "jobs.oldest.waiting.seconds",
                "For how long the oldest job that waits could have been run",
                depths,
                depth -> depth.oldestWaiting().toMillis() / 1_000.0);
    }

    private static void gauge(
            MeterRegistry registry,
            String name,
            String description,
            RecentDepths depths,
            ToDoubleFunction<QueueDepth> value) {
        Gauge.builder(
                        name,
                        depths,
                        recent -> recent.of(Photos.QUEUE)
                                .map(value::applyAsDouble)
                                .orElse(Double.NaN))
                .description(description)
                .tag("queue", Photos.QUEUE)
                .strongReference(true)
                .register(registry);
    }
}
