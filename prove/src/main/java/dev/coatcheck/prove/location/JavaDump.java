package dev.coatcheck.prove.location;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A dump of the objects that live in a HotSpot JVM; closing it deletes the file. The JVM stops for some tenths of a second,
 * longer where its heap is large. It sees its own file system, and so does the {@code jcmd} that asks it, its own one
 * where it has one.
 */
record JavaDump(Path file) implements AutoCloseable {
    private static final AtomicLong COUNTER = new AtomicLong();
    private static final int SIGQUIT = 3;

    /** @throws IOException if the JVM cannot be asked, or is too large; the message says why */
    static JavaDump of(long pid, HeapLimits limits) throws IOException, InterruptedException {
        Inhabited jvm = new Inhabited(pid);
        refuse(jvm, limits);
        String name =
                "/tmp/coatcheck-heap-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet() + ".hprof";
        Path file = jvm.here(name);
        try {
            String answer = Tool.run(asking(jvm, "GC.heap_dump", name), limits.time());
            if (!Files.isRegularFile(file)) {
                throw new IOException("jcmd says: " + answer);
            }
            return new JavaDump(file);
        } catch (IOException | InterruptedException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** The same in the prover's own temporary folder: the disk of an instance may have no room for several. */
    JavaDump kept() throws IOException {
        Path own = Files.createTempFile("coatcheck-heap-", ".hprof");
        try {
            Files.move(file, own, StandardCopyOption.REPLACE_EXISTING);
            return new JavaDump(own);
        } catch (IOException e) {
            Files.deleteIfExists(own);
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** The command that asks the JVM a question, in its own file system. */
    static List<String> asking(Inhabited jvm, String... question) throws IOException {
        List<String> command = new ArrayList<>(jvm.entering());
        command.addAll(List.of(jcmd(jvm), "-J-XX:-UsePerfData", Long.toString(jvm.pid())));
        command.addAll(List.of(question));
        return command;
    }

    /** @throws IOException if it is too large, or must not be asked */
    static void refuse(Inhabited jvm, HeapLimits limits) throws IOException {
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

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
