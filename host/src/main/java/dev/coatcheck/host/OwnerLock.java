package dev.coatcheck.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right of one JVM to use a folder, as a locked file in it that holds the JVM's process id. The lock is the operating
 * system's: it goes with the JVM, in whatever way that ends, so that no stale lock is ever left behind.
 */
public final class OwnerLock implements AutoCloseable {
    /**
     * What this JVM holds. Known without touching the file, because POSIX drops a process's lock as soon as that process
     * closes any descriptor of the file, one that was opened only to look included.
     */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private OwnerLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Another owner, or this JVM itself elsewhere, holds the lock. */
    public static final class HeldException extends IOException {
        private static final long serialVersionUID = 1;
        private final String pid;

        HeldException(Path file, String pid) {
            super(file + " is locked by process " + pid);
            this.pid = pid;
        }

        /** The process id of the holder. */
        public String pid() {
            return pid;
        }
    }

    /**
     * Takes the lock of a folder that exists, without waiting: the file {@code lock} in it.
     *
     * @throws HeldException if it is taken
     * @throws IOException if the folder does not exist, or the file in it cannot be created or locked
     */
    public static OwnerLock acquire(Path folder) throws IOException {
        Path file = folder.toRealPath().resolve("lock");
        if (!HELD_HERE.add(file)) {
            throw new HeldException(file, Long.toString(ProcessHandle.current().pid()));
        }
        try {
            return new OwnerLock(file, lock(file));
        } catch (IOException e) {
            HELD_HERE.remove(file);
            throw e;
        }
    }

    /** Gives the lock up. Closing again changes nothing. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The lock went with the file descriptor in any case.
        }
        HELD_HERE.remove(file);
    }

    @Override
    public String toString() {
        return "lock on " + file;
    }

    private static FileChannel lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                throw new HeldException(file, Files.readString(file).strip());
            }
            channel.truncate(0);
            channel.write(
                    StandardCharsets.US_ASCII.encode(ProcessHandle.current().pid() + "\n"));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }
}
