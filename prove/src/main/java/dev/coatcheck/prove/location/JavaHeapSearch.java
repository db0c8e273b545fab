package dev.coatcheck.prove.location;

import dev.coatcheck.prove.location.heap.JavaSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

/**
 * Finds needles in the heap of a living HotSpot JVM: {@code com.acme.Login.sessions (static HashMap) → ["4f1c9a…"]}.
 *
 * <p>The JVM writes a dump of the objects that live, for which it stops some tenths of a second, longer where its heap is
 * large; the dump is removed. It sees its own file system, and so does the {@code jcmd} that asks it, its own one where it
 * has one. Where it cannot be asked the findings have a note that says why.
 */
public final class JavaHeapSearch {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final int SIGQUIT = 3;

    /** In what it tells of its heap: {@code [0x0000000704c00000, 0x0000000800000000)}. */
    private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-fA-F]{8,16})");

    private JavaHeapSearch() {}

    /** Whether this process is a HotSpot JVM. */
    public static boolean isJvm(long pid) {
        return new Inhabited(pid).maps("libjvm.so");
    }

    /** The paths that lead to needles, the most telling first. */
    public static SearchResult search(String instance, long pid, Collection<Needle> needles, HeapLimits limits)
            throws InterruptedException {
        Inhabited jvm = new Inhabited(pid);
        try {
            refuse(jvm, limits);
            return new SearchResult(
                    dumped(jvm, needles, limits).stream()
                            .map(path -> new Location(Location.Kind.HEAP, instance, path))
                            .toList(),
                    List.of());
        } catch (IOException e) {
            return SearchResult.note("the heap of JVM " + pid + " was not looked through: " + e.getMessage());
        }
    }

    /**
     * Where its heap is: what is kept elsewhere, as in direct buffers or by native libraries, is in no dump of it. Empty where
     * the JVM does not tell, as with ZGC.
     */
    public static Optional<AddressRange> heap(long pid, HeapLimits limits) throws InterruptedException {
        Inhabited jvm = new Inhabited(pid);
        if (!isJvm(pid)) {
            return Optional.empty();
        }
        try {
            refuse(jvm, limits);
            long[] addresses = ADDRESS.matcher(Tool.run(asking(jvm, "GC.heap_info"), limits.time()))
                    .results()
                    .mapToLong(match -> Long.parseUnsignedLong(match.group(1), 16))
                    .sorted()
                    .toArray();
            return addresses.length < 2
                    ? Optional.empty()
                    : Optional.of(new AddressRange(addresses[0], addresses[addresses.length - 1]));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static List<String> asking(Inhabited jvm, String... question) throws IOException {
        List<String> command = new ArrayList<>(jvm.entering());
        command.addAll(List.of(jcmd(jvm), "-J-XX:-UsePerfData", Long.toString(jvm.pid())));
        command.addAll(List.of(question));
        return command;
    }

    private static void refuse(Inhabited jvm, HeapLimits limits) throws IOException {
        long resident = jvm.residentBytes();
        if (resident > limits.residentBytes()) {
            throw new IOException("it has " + (resident >> 20) + " MiB in memory, and a dump is made up to "
                    + (limits.residentBytes() >> 20) + " MiB");
        }
        // Attaching begins with this signal, which would end a JVM that leaves signals alone.
        if (!jvm.catches(SIGQUIT)) {
            throw new IOException("it takes no signals (-Xrs)");
        }
        if (jvm.commandLine().contains("-XX:+DisableAttachMechanism")) {
            throw new IOException("it was started with -XX:+DisableAttachMechanism");
        }
    }

    private static List<String> dumped(Inhabited jvm, Collection<Needle> needles, HeapLimits limits)
            throws IOException, InterruptedException {
        String name =
                "/tmp/coatcheck-heap-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + ".hprof";
        Path dump = jvm.here(name);
        try {
            String answer = Tool.run(asking(jvm, "GC.heap_dump", name), limits.time());
            if (!Files.isRegularFile(dump)) {
                throw new IOException("jcmd says: " + answer);
            }
            return JavaSearch.paths(dump, needles);
        } finally {
            Files.deleteIfExists(dump);
        }
    }

    /** The one beside the JVM's own {@code java} speaks its version; a runtime without tools has none. */
    private static String jcmd(Inhabited jvm) throws IOException {
        Path own = jvm.executable().resolveSibling("jcmd");
        if (Files.isExecutable(jvm.here(own.toString()))) {
            return own.toString();
        }
        String ours = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        if (Files.isExecutable(jvm.here(ours))) {
            return ours;
        }
        throw new IOException(
                "there is no jcmd, neither beside " + jvm.executable() + " nor at " + ours + "; run it on a JDK");
    }
}
