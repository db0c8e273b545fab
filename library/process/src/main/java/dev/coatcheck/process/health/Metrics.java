package dev.coatcheck.process.health;

import dev.coatcheck.process.lifecycle.Lifecycle;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.stream.Stream;

/**
 * What a process measures, for Prometheus to fetch: the JVM, the process, its uptime, and {@code coatcheck_lifecycle_state},
 * which is 1 for the state that the process is in. Applications add their own meters to {@link #registry()}.
 *
 * <pre>{@code
 * var metrics = Metrics.of(lifecycle);
 * metrics.registry().counter("photos.stored").increment();
 * }</pre>
 *
 * <p>Safe for use by several threads. No label names the instance: whoever fetches knows whom it asked.
 */
public final class Metrics implements AutoCloseable {
    /** The media type of {@link #scrape()}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();

    private Metrics(Lifecycle lifecycle) {
        Stream.of(
                        new ClassLoaderMetrics(),
                        new JvmInfoMetrics(),
                        new JvmMemoryMetrics(),
                        new JvmThreadMetrics(),
                        collections,
                        new ProcessorMetrics(),
                        new FileDescriptorMetrics(),
                        new UptimeMetrics())
                .forEach(binder -> binder.bindTo(registry));
        for (var state : Lifecycle.State.values()) {
            Gauge.builder("coatcheck.lifecycle.state", lifecycle, life -> life.state() == state ? 1 : 0)
                    .description("1 for the state that the process is in")
                    .tag("state", Readiness.word(state))
                    .register(registry);
        }
    }

    /** Begins to measure the process that {@code lifecycle} is the life of; for its main, once. */
    public static Metrics of(Lifecycle lifecycle) {
        return new Metrics(lifecycle);
    }

    /** Where an application's own meters are registered. */
    public MeterRegistry registry() {
        return registry;
    }

    /** All that is measured, in the text format of Prometheus. */
    public String scrape() {
        return registry.scrape();
    }

    /** Stops to measure. */
    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
