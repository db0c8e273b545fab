package dev.coatcheck.prove.location;

import dev.coatcheck.prove.location.heap.Course;
import dev.coatcheck.prove.location.heap.JavaNumbers;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Finds where a living HotSpot JVM keeps a number that is too short to be looked for, by what changed in its heap:
 * {@code com.acme.Visits.count (static int) 0 → 1}. It is dumped before a step and after it, and compared with another
 * process of the same program that never had the step.
 *
 * {@snippet :
 * try (JavaNumberSearch search = JavaNumberSearch.begin("web.1", pid, HeapLimits.defaults())) {
 *     // play the step
 *     search.end();
 *     // ask the other process what the step was about
 *     SearchResult findings = search.search(otherPid, List.of(Course.of(0, 1, 0)), List.of());
 * }
 * }
 *
 * <p>Each dump costs what one of {@link JavaHeapSearch} does. Dumps are deleted when this is closed. For one thread.
 */
public final class JavaNumberSearch implements AutoCloseable {
    private final String instance;
    private final long pid;
    private final HeapLimits limits;
    private Optional<JavaDump> before = Optional.empty();
    private Optional<JavaDump> after = Optional.empty();
    private Optional<String> reason = Optional.empty();

    private JavaNumberSearch(String instance, long pid, HeapLimits limits) {
        this.instance = instance;
        this.pid = pid;
        this.limits = limits;
    }

    /** Makes the dump of before the step. */
    public static JavaNumberSearch begin(String instance, long pid, HeapLimits limits) throws InterruptedException {
        JavaNumberSearch search = new JavaNumberSearch(instance, pid, limits);
        search.before = search.dump(pid);
        return search;
    }

    /** Makes the dump of after it. */
    public void end() throws InterruptedException {
        if (before.isPresent()) {
            after = dump(pid);
        }
    }

    private Optional<JavaDump> dump(long of) throws InterruptedException {
        try {
            return Optional.of(JavaDump.of(of, limits).kept());
        } catch (IOException e) {
            reason = Optional.of("the heap of JVM " + of + " was not looked through for numbers: " + e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * The places whose value ran one of the courses, the most telling first.
     *
     * @param other a process of the same program that never had the step
     * @param secrets what is shown by its beginning alone, where a path leads through it
     */
    public SearchResult search(long other, Collection<Course> courses, Collection<Needle> secrets)
            throws InterruptedException {
        if (courses.isEmpty()) {
            return new SearchResult(List.of(), List.of());
        }
        Optional<JavaDump> elsewhere = after.isPresent() ? dump(other) : Optional.empty();
        if (elsewhere.isEmpty()) {
            return new SearchResult(List.of(), reason.stream().toList());
        }
        try (JavaDump third = elsewhere.get()) {
            return new SearchResult(
                    JavaNumbers.paths(
                                    before.orElseThrow().file(),
                                    after.orElseThrow().file(),
                                    third.file(),
                                    courses,
                                    secrets)
                            .stream()
                            .map(path -> new Location(Location.Kind.HEAP, instance, path))
                            .toList(),
                    List.of());
        } catch (IOException e) {
            return SearchResult.note("the heap of JVM " + pid + " was not looked through: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        List.of(before, after).forEach(dump -> dump.ifPresent(JavaNumberSearch::delete));
    }

    /** A file that cannot be deleted must not cost the proof. */
    private static void delete(JavaDump dump) {
        try {
            dump.close();
        } catch (IOException e) {
            System.getLogger(JavaNumberSearch.class.getName())
                    .log(System.Logger.Level.WARNING, "a heap dump could not be deleted: " + e.getMessage());
        }
    }
}
