package dev.coatcheck.prove.location;

import dev.coatcheck.prove.location.heap.JavaSearch;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds needles in the heap of a living HotSpot JVM: {@code com.acme.Login.sessions (static HashMap) → ["4f1c9a…"]}.
 *
 * <p>The JVM writes a dump of the objects that live, for which it stops some tenths of a second, longer where its heap is
 * large; the dump is removed. It sees its own file system, and so does the {@code jcmd} that asks it, its own one where it
 * has one. Where it cannot be asked the findings have a note that says why.
 */
public final class JavaHeapSearch {
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
        try (JavaDump dump = JavaDump.of(pid, limits)) {
            return new SearchResult(
                    JavaSearch.paths(dump.file(), needles).stream()
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
            JavaDump.refuse(jvm, limits);
            long[] addresses = ADDRESS.matcher(Tool.run(JavaDump.asking(jvm, "GC.heap_info"), limits.time()))
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
}
