package dev.coatcheck.formation.release;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/**
 * Copies an application's folder, and tells by a digest what was copied: of names, contents, links and the right to
 * execute, not of times, so that a tree that was checked out twice is the same tree.
 *
 * <p>Whole copies, never hard links to the originals: an editor or a compiler that writes in place would change a build
 * that is there already. Where the file system can share blocks until one side writes (Btrfs, XFS), it does. Version
 * control, {@code .coatcheck}, and {@code .env}, which is configuration, are left out, and so is what is no file: sockets
 * and pipes. Links are kept as they are; a relative one that leads out of the folder is made absolute, since it would
 * lead astray from where the copy lies.
 */
final class TreeCopy {
    private static final Set<String> LEFT_OUT_AT_THE_TOP = Set.of(".env");
    private static final Set<String> LEFT_OUT = Set.of(".coatcheck", ".git", ".hg", ".svn");

    private static final int THREADS = Math.clamp(Runtime.getRuntime().availableProcessors(), 2, 8);
    private static final int ATTEMPTS = 3;
    private static final int BUFFER_BYTES = 128 << 10;
    private static final Duration TELL_EVERY = Duration.ofSeconds(2);

    private final Path source;
    private final Path target;
    private final BooleanSupplier cancelled;
    private final BuildStore.Progress progress;
    private final Map<String, String> lines = new ConcurrentSkipListMap<>();
    private final Queue<String> unsteady = new ConcurrentLinkedQueue<>();
    private final List<String> outwardLinks = new ArrayList<>();
    private final List<Future<?>> copying = new ArrayList<>();
    private final AtomicInteger files = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private long told = System.nanoTime();

    /**
     * What was copied.
     *
     * @param digest 64 hexadecimal digits
     * @param unsteady files that changed while they were read, however often that was tried
     * @param outwardLinks links to what lies outside of the folder, and is no part of the copy
     */
    record Copied(String digest, int entries, long bytes, List<String> unsteady, List<String> outwardLinks) {}

    private TreeCopy(Path source, Path target, BooleanSupplier cancelled, BuildStore.Progress progress) {
        this.source = source;
        this.target = target;
        this.cancelled = cancelled;
        this.progress = progress;
    }

    /**
     * Copies into a folder that does not exist yet.
     *
     * @param cancelled looked at before each file
     * @throws IOException if a file cannot be read or written, or the copying was cancelled; a part of the copy may be there
     */
    static Copied copy(Path source, Path target, BooleanSupplier cancelled, BuildStore.Progress progress)
            throws IOException, InterruptedException {
        TreeCopy copy = new TreeCopy(source, target, cancelled, progress);
        copy.run();
        return new Copied(
                copy.digest(),
                copy.lines.size(),
                copy.bytes.get(),
                List.copyOf(copy.unsteady),
                List.copyOf(copy.outwardLinks));
    }

    private void run() throws IOException, InterruptedException {
        try (ExecutorService threads = Executors.newFixedThreadPool(
                THREADS, Thread.ofPlatform().name("build-copy-", 1).daemon().factory())) {
            try {
                Files.walkFileTree(source, new Visitor(threads));
                for (Future<?> file : copying) {
                    await(file);
                }
            } catch (ExecutionException e) {
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
            } finally {
                threads.shutdownNow();
            }
        }
    }

    private void await(Future<?> file) throws ExecutionException, InterruptedException {
        while (true) {
            tellIfDue();
            try {
                file.get(TELL_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (TimeoutException e) {
                // A large one, or a slow disk.
            }
        }
    }

    /** By the thread that walks and waits alone. */
    private void tellIfDue() {
        if (System.nanoTime() - told >= TELL_EVERY.toNanos()) {
            told = System.nanoTime();
            progress.copied(files.get(), bytes.get());
        }
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        private final ExecutorService threads;

        Visitor(ExecutorService threads) {
            this.threads = threads;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) throws IOException {
            goOn();
            if (isLeftOut(source, folder)) {
                return FileVisitResult.SKIP_SUBTREE;
            }
            Path copy = Files.createDirectory(target.resolve(source.relativize(folder)));
            Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(folder);
            // Else nothing could be copied into it, nor the copy be deleted one day.
            permissions.addAll(Set.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE));
            Files.setPosixFilePermissions(copy, permissions);
            lines.put(name(folder), "folder");
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            goOn();
            tellIfDue();
            if (isLeftOut(source, file)) {
                return FileVisitResult.CONTINUE;
            }
            if (attributes.isSymbolicLink()) {
                link(file);
            } else if (attributes.isRegularFile()) {
                copying.add(threads.submit(() -> {
                    copy(file);
                    return null;
                }));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE; // gone meanwhile, so no part of it
            }
            throw e;
        }
    }

    /** Whether this, in that folder, is no part of a build. */
    static boolean isLeftOut(Path source, Path path) {
        String name = String.valueOf(path.getFileName());
        return LEFT_OUT.contains(name) || (LEFT_OUT_AT_THE_TOP.contains(name) && source.equals(path.getParent()));
    }

    private void link(Path link) throws IOException {
        Path to = Files.readSymbolicLink(link);
        Path from = link.resolveSibling("").normalize();
        Path leadsTo = link.resolveSibling(to).normalize();
        if (!leadsTo.startsWith(source)) {
            outwardLinks.add(name(link));
            to = leadsTo;
        } else if (to.isAbsolute() || !staysInside(from, to)) {
            // As it is written it would lead out of the copy before it comes back, to nothing or to the original.
            Path within = from.relativize(leadsTo);
            to = within.toString().isEmpty() ? Path.of(".") : within;
        }
        Files.createSymbolicLink(target.resolve(source.relativize(link)), to);
        lines.put(name(link), "link " + to);
    }

    private boolean staysInside(Path from, Path to) {
        Path at = from;
        for (Path name : to) {
            at = at.resolve(name).normalize();
            if (!at.startsWith(source)) {
                return false;
            }
        }
        return true;
    }

    private void copy(Path file) throws IOException {
        goOn();
        Path copy = target.resolve(source.relativize(file));
        for (int attempt = 1; ; attempt++) {
            BasicFileAttributes before;
            BasicFileAttributes after;
            try {
                before = attributes(file);
                Files.copy(
                        file,
                        copy,
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING,
                        LinkOption.NOFOLLOW_LINKS);
                after = attributes(file);
            } catch (NoSuchFileException e) {
                Files.deleteIfExists(copy);
                return; // gone meanwhile, so no part of it
            }
            boolean steady =
                    before.size() == after.size() && before.lastModifiedTime().equals(after.lastModifiedTime());
            if (steady || attempt == ATTEMPTS) {
                if (!steady) {
                    unsteady.add(name(file));
                }
                break;
            }
        }
        files.incrementAndGet();
        bytes.addAndGet(Files.size(copy));
        lines.put(name(file), (Files.isExecutable(copy) ? "program " : "file ") + digestOf(copy));
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private void goOn() throws IOException {
        if (cancelled.getAsBoolean()) {
            throw new IOException("the copying of " + source + " was cancelled");
        }
    }

    private String name(Path path) {
        return source.relativize(path).toString();
    }

    /** Of the copy, so that it is true of the copy, whatever happens to the original meanwhile. */
    private static String digestOf(Path copy) throws IOException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(copy)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private String digest() {
        MessageDigest digest = sha256();
        lines.forEach((name, line) -> digest.update((name + "\0" + line + "\0").getBytes(StandardCharsets.UTF_8)));
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }
}
