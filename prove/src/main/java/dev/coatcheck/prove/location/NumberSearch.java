package dev.coatcheck.prove.location;

import dev.coatcheck.prove.location.heap.Course;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Finds where a living HotSpot JVM or Node keeps a number that is too short to be looked for, by what changed in its heap:
 * {@code com.acme.Visits.count (static int) 0 → 1}, {@code server.js: likes 0 → 1}. It is dumped before a step and after
 * it, and compared with another process of the same program that never had the step.
 *
 * {@snippet :
 * try (NumberSearch search = NumberSearch.begin(subject, HeapLimits.defaults()).orElseThrow()) {
 *     // play the step
 *     search.end();
 *     // ask the other process what the step was about
 *     SearchResult findings = search.search(other, List.of(Course.of(0, 1, 0)), List.of());
 * }
 * }
 *
 * <p>Each dump costs what one of {@link JavaHeapSearch} or {@link NodeHeapSearch} does, and the first of a Node twice that.
 * Dumps are deleted when this is closed; the inspector of a Node stays open. For one thread.
 */
public final class NumberSearch implements AutoCloseable {
    /**
     * A process to look into.
     *
     * @param instance what it is called in findings
     * @param way how its TCP ports are reached
     */
    public record Subject(String instance, long pid, Way way) {
        /** One that shares the network of this JVM. */
        public static Subject here(String instance, long pid) {
            return new Subject(instance, pid, port -> new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        }
    }

    /** The way to a TCP port on the loopback of a process, which may have a network of its own. */
    @FunctionalInterface
    public interface Way {
        /** Where this JVM reaches it. */
        InetSocketAddress to(int tcpPort) throws IOException;
    }

    private final Subject subject;
    private final Heap heap;
    private final HeapLimits limits;
    private Optional<Path> before = Optional.empty();
    private Optional<Path> after = Optional.empty();
    private Optional<String> reason = Optional.empty();

    private NumberSearch(Subject subject, Heap heap, HeapLimits limits) {
        this.subject = subject;
        this.heap = heap;
        this.limits = limits;
    }

    /** Makes the dump of before the step; empty where the process is neither a JVM nor a Node that can be asked. */
    public static Optional<NumberSearch> begin(Subject subject, HeapLimits limits) throws InterruptedException {
        Optional<NumberSearch> begun = Heap.of(subject).map(heap -> new NumberSearch(subject, heap, limits));
        if (begun.isPresent()) {
            begun.get().before = begun.get().dump(begun.get().heap);
        }
        return begun;
    }

    /** Makes the dump of after it. */
    public void end() throws InterruptedException {
        if (before.isPresent()) {
            after = dump(heap);
        }
    }

    private Optional<Path> dump(Heap of) throws InterruptedException {
        try {
            return Optional.of(of.dump(limits));
        } catch (IOException e) {
            reason = Optional.of(
                    "the heap of " + of.runtime() + " was not looked through for numbers: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The places whose value ran one of the courses, the most telling first.
     *
     * @param other a process of the same program that never had the step
     * @param secrets what is shown by its beginning alone, where a path leads through it
     */
    public SearchResult search(Subject other, Collection<Course> courses, Collection<Needle> secrets)
            throws InterruptedException {
        if (courses.isEmpty()) {
            return new SearchResult(List.of(), List.of());
        }
        Optional<Heap> there = after.isPresent() ? Heap.of(other) : Optional.empty();
        Optional<Path> elsewhere = there.isPresent() ? dump(there.get()) : Optional.empty();
        if (elsewhere.isEmpty()) {
            return new SearchResult(List.of(), reason.stream().toList());
        }
        try {
            return new SearchResult(
                    heap.paths(before.orElseThrow(), after.orElseThrow(), elsewhere.get(), courses, secrets).stream()
                            .map(path -> new Location(Location.Kind.HEAP, subject.instance(), path))
                            .toList(),
                    List.of());
        } catch (IOException e) {
            return SearchResult.note("the heap of " + heap.runtime() + " was not looked through: " + e.getMessage());
        } finally {
            delete(elsewhere.get());
        }
    }

    @Override
    public void close() {
        List.of(before, after).forEach(dump -> dump.ifPresent(NumberSearch::delete));
    }

    /** A file that cannot be deleted must not cost the proof. */
    private static void delete(Path dump) {
        try {
            Files.deleteIfExists(dump);
        } catch (IOException e) {
            System.getLogger(NumberSearch.class.getName())
                    .log(System.Logger.Level.WARNING, "a heap dump could not be deleted: " + e.getMessage());
        }
    }
}
