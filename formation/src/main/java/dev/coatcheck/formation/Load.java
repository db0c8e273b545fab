package dev.coatcheck.formation;

import dev.coatcheck.formation.supervision.Instance;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.process.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What instances use of the machine: two readings of the table of processes, a moment apart. */
final class Load {
    private static final Duration MOMENT = Duration.ofMillis(200);

    private final Map<ProcessGroup, Usage> before;
    private final Map<ProcessGroup, Usage> after;
    private final Duration between;

    private Load(Map<ProcessGroup, Usage> before, Map<ProcessGroup, Usage> after, Duration between) {
        this.before = before;
        this.after = after;
        this.between = between;
    }

    /** Takes a fifth of a second. */
    static Load now(List<Instance> instances) {
        List<ProcessGroup> groups = instances.stream()
                .map(Instance::group)
                .flatMap(Optional::stream)
                .toList();
        long start = System.nanoTime();
        Map<ProcessGroup, Usage> before = ProcessGroup.usages(groups);
        try {
            Thread.sleep(MOMENT);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Map<ProcessGroup, Usage> after = ProcessGroup.usages(groups);
        return new Load(before, after, Duration.ofNanos(System.nanoTime() - start));
    }

    /** Null while nothing of it runs. */
    @Nullable
    Long residentBytes(Instance instance) {
        Usage usage = instance.group().map(after::get).orElse(null);
        return usage == null || usage.residentBytes() == 0 ? null : usage.residentBytes();
    }

    /** Of one processor, with one decimal; null while nothing of it runs. */
    @Nullable
    Double processorPercent(Instance instance) {
        Usage first = instance.group().map(before::get).orElse(null);
        Usage second = instance.group().map(after::get).orElse(null);
        if (first == null || second == null || second.residentBytes() == 0) {
            return null;
        }
        Duration used = second.cpuTime().minus(first.cpuTime());
        return Math.max(0, Math.round(1000.0 * used.toNanos() / between.toNanos()) / 10.0);
    }
}
