package dev.coatcheck.prove.location;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * In which of some living processes, written in anything, needles are. That a needle is there does not mean that the
 * process remembers it: buffers and garbage hold it for a while ({@link Remembrance} tells the two apart).
 *
 * <pre>{@code
 * SearchResult findings = MemorySearch.search("web.1", Processes.tree(pid), needles, MemoryLimits.defaults());
 * }</pre>
 *
 * <p>Linux alone, as root or as the processes' own user; where the kernel refuses, the findings have a note that says so.
 * A process of 80 MB takes about a tenth of a second, however many needles there are.
 */
public final class MemorySearch {
    /** A list that a response has shown, or a step that was repeated, is found by many of its values. */
    private static final int MOST_SOURCES = 3;

    private MemorySearch() {}

    /** One location for each process that holds any. The limits are for each process. */
    public static SearchResult search(
            String instance, Collection<Long> pids, Collection<Needle> needles, MemoryLimits limits) {
        List<Location> locations = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        readings(pids, needles, limits).forEach((pid, reading) -> {
            switch (reading) {
                case MemoryReading.Read read -> {
                    if (!read.whole()) {
                        notes.add("the memory of process " + pid + " is larger than the limit of "
                                + limits.time().toSeconds() + " s and " + (limits.bytes() >> 20)
                                + " MiB; the rest was not looked at");
                    }
                    if (!read.found().isEmpty()) {
                        locations.add(new Location(Location.Kind.MEMORY, instance, inWords(pid, read.found())));
                    }
                }
                case MemoryReading.Refused(String reason) -> notes.add(reason);
                case MemoryReading.Gone() -> notes.add("process " + pid + " had ended before its memory was read");
            }
        });
        return new SearchResult(locations, notes);
    }

    /** What came of each process, in the order given; for who counts needles. */
    public static Map<Long, MemoryReading> readings(
            Collection<Long> pids, Collection<Needle> needles, MemoryLimits limits) {
        PatternSearch search = new PatternSearch(needles);
        Map<Long, MemoryReading> readings = new LinkedHashMap<>();
        pids.forEach(pid -> readings.put(pid, ProcessMemory.read(pid, search, limits)));
        return readings;
    }

    private static String inWords(long pid, Map<Needle, Set<String>> found) {
        Set<String> kinds = new TreeSet<>();
        found.values().forEach(kinds::addAll);
        List<String> sources = sources(found.keySet());
        int more = sources.size() - MOST_SOURCES;
        return String.join(", ", sources.subList(0, Math.min(sources.size(), MOST_SOURCES)))
                + (more > 0 ? " and " + more + " more" : "") + " in the memory of process " + pid + " (" + command(pid)
                + "): " + String.join(", ", kinds);
    }

    /** Of each value the form nearest to it. */
    private static List<String> sources(Collection<Needle> found) {
        Map<String, Needle> nearest = new LinkedHashMap<>();
        for (Needle needle : found) {
            nearest.merge(
                    needle.source(),
                    needle,
                    (one, other) -> one.change().length() <= other.change().length() ? one : other);
        }
        return nearest.values().stream().map(Needle::origin).sorted().toList();
    }

    private static String command(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm"), StandardCharsets.ISO_8859_1)
                    .strip();
        } catch (IOException e) {
            return "ended since";
        }
    }
}
