package dev.coatcheck.prove.location;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Looks for needles in the memory of a living process, whatever it is written in. The process is not stopped meanwhile
 * and notices nothing. Linux alone: {@code /proc/PID/mem}, as root or as the process's own user.
 *
 * <p>Only writable memory is looked at, and of that only the pages that are there: runtimes reserve far more than they
 * use. 80 MB take about a tenth of a second.
 */
final class ProcessMemory implements AutoCloseable {
    private static final int PAGE = 4096;
    private static final int CHUNK = 1 << 20;

    /** So many pages are asked about at once. */
    private static final int PAGE_WINDOW = 8192;

    /** Bits 63 and 62 of an entry of {@code /proc/PID/pagemap}: in memory, and swapped out. */
    private static final long THERE = 3L << 62;

    private final FileChannel memory;
    private final FileChannel pages;
    private final PatternSearch search;
    private final long deadline;
    private final Map<Needle, Set<String>> found = new HashMap<>();
    private final ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    private final ByteBuffer entries =
            ByteBuffer.allocate(PAGE_WINDOW * Long.BYTES).order(ByteOrder.nativeOrder());
    private final byte[] bytes;
    private long bytesLeft;

    /** Where the bytes end that are kept from the chunk before, and how many they are. */
    private long keptUntil;

    private int kept;

    private ProcessMemory(long pid, PatternSearch search, MemoryLimits limits) throws IOException {
        this.search = search;
        this.deadline = System.nanoTime() + limits.time().toNanos();
        this.bytesLeft = limits.bytes();
        this.bytes = new byte[search.overlap() + CHUNK];
        this.memory = FileChannel.open(Path.of("/proc/" + pid + "/mem"));
        try {
            this.pages = FileChannel.open(Path.of("/proc/" + pid + "/pagemap"));
        } catch (IOException e) {
            memory.close();
            throw e;
        }
    }

    static MemoryReading read(long pid, Collection<Needle> needles, MemoryLimits limits) {
        return read(pid, new PatternSearch(needles), limits);
    }

    static MemoryReading read(long pid, PatternSearch search, MemoryLimits limits) {
        try (ProcessMemory process = new ProcessMemory(pid, search, limits)) {
            boolean whole = process.readAll(Mapping.writableOf(pid).stream()
                    .filter(mapping -> limits.without().stream()
                            .noneMatch(without -> without.overlaps(mapping.start(), mapping.end())))
                    .toList());
            return new MemoryReading.Read(process.found, whole);
        } catch (NoSuchFileException | FileNotFoundException e) {
            return Files.isDirectory(Path.of("/proc/self"))
                    ? new MemoryReading.Gone()
                    : new MemoryReading.Refused("this system shows no memory of processes (there is no /proc)");
        } catch (IOException e) {
            return ProcessHandle.of(pid).isPresent()
                    ? new MemoryReading.Refused(refusal(pid, e))
                    : new MemoryReading.Gone();
        }
    }

    private static String refusal(long pid, IOException e) {
        String scope = "";
        try {
            scope = Files.readString(Path.of("/proc/sys/kernel/yama/ptrace_scope"))
                    .strip();
        } catch (IOException absent) {
            // A kernel without Yama.
        }
        return "the memory of process " + pid + " cannot be read (" + e.getMessage() + "): "
                + (scope.isEmpty() || scope.equals("0")
                        ? "run as root or as the user that the process runs as"
                        : "kernel.yama.ptrace_scope is " + scope + "; run as root, or set it to 0");
    }

    private boolean readAll(List<Mapping> mappings) throws IOException {
        for (Mapping mapping : mappings) {
            kept = 0;
            for (long at = mapping.start(); at < mapping.end(); at += (long) PAGE_WINDOW * PAGE) {
                if (!readWindow(mapping, at, Math.min(mapping.end(), at + (long) PAGE_WINDOW * PAGE))) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Reads the runs of pages that are there. */
    private boolean readWindow(Mapping mapping, long from, long to) throws IOException {
        int count = Math.toIntExact((to - from) / PAGE);
        entries.clear().limit(count * Long.BYTES);
        int known = Math.max(0, pages.read(entries, from / PAGE * Long.BYTES)) / Long.BYTES;
        int page = 0;
        while (page < count) {
            int first = page;
            while (page < count && (page >= known || (entries.getLong(page * Long.BYTES) & THERE) != 0)) {
                page++;
            }
            for (long at = from + (long) first * PAGE; at < from + (long) page * PAGE; at += CHUNK) {
                int length = Math.toIntExact(Math.min(CHUNK, from + (long) page * PAGE - at));
                if (bytesLeft < length || System.nanoTime() - deadline > 0) {
                    return false;
                }
                bytesLeft -= length;
                readChunk(mapping, at, length);
            }
            page++;
        }
        return true;
    }

    private void readChunk(Mapping mapping, long at, int length) {
        if (keptUntil != at) {
            kept = 0;
        }
        chunk.clear().limit(length);
        int read;
        try {
            read = memory.read(chunk, at);
        } catch (IOException e) {
            return; // unmapped meanwhile, or memory that the kernel shows to nobody
        }
        if (read <= 0) {
            return;
        }
        chunk.flip().get(bytes, kept, read);
        int end = kept + read;
        search.search(
                bytes,
                0,
                end,
                needle -> found.computeIfAbsent(needle, key -> new TreeSet<>()).add(mapping.kind()));
        kept = Math.min(search.overlap(), end);
        System.arraycopy(bytes, end - kept, bytes, 0, kept);
        keptUntil = at + read;
    }

    @Override
    public void close() throws IOException {
        try (memory) {
            pages.close();
        }
    }
}
