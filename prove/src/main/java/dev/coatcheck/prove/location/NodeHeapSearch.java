package dev.coatcheck.prove.location;

import dev.coatcheck.prove.location.heap.NodeSearch;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds needles in the heap of a living Node: {@code server.js: sessions (Map) → ["4f1c9a…"] → user}.
 *
 * <p>Node writes a snapshot of its heap on a signal, if its environment was {@linkplain #prepare prepared}. It stands
 * still meanwhile: about a second for 5 MB. The snapshot is removed. Where none comes, or where there are worker threads,
 * which it leaves out, the findings have a note that says so. Node 18 and newer.
 */
public final class NodeHeapSearch {
    private static final String OPTIONS = "NODE_OPTIONS";

    /**
     * Of all signals the one that hurts nobody: what has no handler for it ignores it, where it would be ended by SIGUSR2,
     * which moreover is nodemon's and that of many a profiler. Without a terminal nobody else sends it.
     */
    private static final String SIGNAL = "SIGWINCH";

    private static final int SIGNAL_NUMBER = 28;

    /** Every system has this folder, and every process may write to it; a missing one would end the application. */
    private static final String FOLDER = "/tmp";

    /** Node begins to write as soon as it has done what it is at. */
    private static final Duration BEGIN_LIMIT = Duration.ofSeconds(15);

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);

    private NodeHeapSearch() {}

    /**
     * Adds to the environment of a process to be started what makes Node write snapshots, and open its inspector, which it
     * does on a signal alone, at a free TCP port; the options that the user has
     * set there stay. Does nothing to any other program.
     */
    public static void prepare(Map<String, String> environment) {
        String added = "--heapsnapshot-signal=" + SIGNAL + " --diagnostic-dir=" + FOLDER + " " + NodeInspector.OPTION;
        environment.merge(OPTIONS, added, (given, ours) -> given.isBlank() ? ours : given + " " + ours);
    }

    /** Whether this process is a Node that was started in a prepared environment and is ready to write a snapshot. */
    public static boolean canBeAsked(long pid) {
        Inhabited process = new Inhabited(pid);
        try {
            // Many a server catches this signal for purposes of its own, and all inherit the environment.
            return isNode(process)
                    && process.variable(OPTIONS).contains("--heapsnapshot-signal=" + SIGNAL)
                    && process.catches(SIGNAL_NUMBER);
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isNode(Inhabited process) throws IOException {
        return String.valueOf(process.executable().getFileName()).startsWith("node") || process.maps("libnode.so");
    }

    /** The paths that lead to needles, the most telling first. */
    public static SearchResult search(String instance, long pid, Collection<Needle> needles, HeapLimits limits)
            throws InterruptedException {
        try {
            NodeSearch.Findings findings = read(pid, limits, snapshot -> NodeSearch.search(snapshot, needles));
            return new SearchResult(
                    findings.paths().stream()
                            .map(path -> new Location(Location.Kind.HEAP, instance, path))
                            .toList(),
                    findings.isWhole()
                            ? List.of()
                            : List.of("the heaps of the worker threads of Node " + pid
                                    + " were not looked through: its snapshot has that of the main thread alone"));
        } catch (IOException e) {
            return SearchResult.note("the heap of Node " + pid + " was not looked through: " + e.getMessage());
        }
    }

    /** Takes in a snapshot, which is there as long as that lasts. */
    @FunctionalInterface
    interface Reader<T> {
        T read(Path snapshot) throws IOException;
    }

    /** @throws IOException if none can be had; the message says why */
    static <T> T read(long pid, HeapLimits limits, Reader<T> reader) throws IOException, InterruptedException {
        Inhabited node = new Inhabited(pid);
        refuseTooLarge(node, limits);
        if (!canBeAsked(pid)) {
            throw new IOException("it does not write snapshots: " + OPTIONS + " did not reach it");
        }
        return written(node, limits, reader);
    }

    static void refuseTooLarge(Inhabited node, HeapLimits limits) throws IOException {
        long resident = node.residentBytes();
        if (resident > limits.residentBytes()) {
            throw new IOException("it has " + (resident >> 20) + " MiB in memory, and a snapshot is made up to "
                    + (limits.residentBytes() >> 20) + " MiB");
        }
    }

    private static <T> T written(Inhabited node, HeapLimits limits, Reader<T> reader)
            throws IOException, InterruptedException {
        Set<Path> before = snapshots(node);
        Set<Path> fresh = new HashSet<>();
        try {
            Tool.run(List.of("kill", "-s", SIGNAL.substring(3), Long.toString(node.pid())), KILL_LIMIT);
            long start = System.nanoTime();
            while (true) {
                fresh.addAll(snapshots(node));
                fresh.removeAll(before);
                for (Path snapshot : fresh) {
                    if (isWhole(snapshot)) {
                        return reader.read(snapshot);
                    }
                }
                if (ProcessHandle.of(node.pid()).isEmpty()) {
                    throw new IOException("it ended before its snapshot was whole");
                }
                long waited = System.nanoTime() - start;
                if (fresh.isEmpty() && waited > BEGIN_LIMIT.toNanos()) {
                    throw new IOException("it began no snapshot within " + BEGIN_LIMIT.toSeconds() + " s");
                }
                if (waited > limits.time().toNanos()) {
                    throw new IOException(
                            "no whole snapshot came within " + limits.time().toSeconds() + " s");
                }
                Thread.sleep(PAUSE);
            }
        } finally {
            for (Path snapshot : fresh) {
                Files.deleteIfExists(snapshot);
            }
        }
    }

    /** Heap.DATE.TIME.PID.THREAD.NUMBER.heapsnapshot, where the id is the one in the process's own namespace. */
    private static Set<Path> snapshots(Inhabited node) throws IOException {
        Set<Path> found = new HashSet<>();
        String pattern = "Heap.*." + node.innermostPid() + ".*.heapsnapshot";
        // Node 18 leaves them where it works, whatever folder it was told.
        for (Path folder : List.of(node.here(FOLDER), node.workingFolder())) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pattern)) {
                files.forEach(found::add);
            }
        }
        return found;
    }

    /** The array of strings is the end of the document. */
    private static boolean isWhole(Path snapshot) throws IOException {
        byte[] end = new byte[8];
        try (RandomAccessFile file = new RandomAccessFile(snapshot.toFile(), "r")) {
            if (file.length() < end.length) {
                return false;
            }
            file.seek(file.length() - end.length);
            file.readFully(end);
        }
        return new String(end, StandardCharsets.ISO_8859_1).strip().endsWith("\"]}");
    }
}
