package dev.coatcheck.formation.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks every few seconds whether the files of a certificate have changed, and passes on what they hold then. Files that
 * cannot be used are told of once, and what was used before stays in use: the two may be replaced one after the other.
 */
final class CertificateWatch implements AutoCloseable {
    private final TlsFiles files;
    private final Consumer<Certificate> renewed;
    private final Consumer<InvalidTlsFilesException> unusable;
    private final Duration interval;
    private final Thread thread;
    private List<Object> seen;
    private String told = "";

    CertificateWatch(
            TlsFiles files,
            Duration interval,
            Consumer<Certificate> renewed,
            Consumer<InvalidTlsFilesException> unusable) {
        this.files = files;
        this.interval = interval;
        this.renewed = renewed;
        this.unusable = unusable;
        this.seen = state();
        this.thread = Thread.ofVirtual().name("router-certificate").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(interval);
                look();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() {
        List<Object> now = state();
        if (now.equals(seen)) {
            return;
        }
        try {
            renewed.accept(Certificate.read(files, Instant.now()));
            seen = now;
            told = "";
        } catch (InvalidTlsFilesException e) {
            tell(e);
        } catch (RuntimeException e) {
            // Whatever a file holds that no reader expected: the watch must not end, or no later file would be seen.
            tell(new InvalidTlsFilesException("The files " + files + " cannot be read: " + e, e));
        }
    }

    /** Once for each problem. It is tried again at each look: a change of rights or time may be all that is missing. */
    private void tell(InvalidTlsFilesException problem) {
        String message = String.valueOf(problem.getMessage());
        if (!told.equals(message)) {
            told = message;
            unusable.accept(problem);
        }
    }

    private List<Object> state() {
        return List.of(state(files.certificate()), state(files.key()));
    }

    private static List<Object> state(Path file) {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            @Nullable Object identity = attributes.fileKey();
            return List.of(attributes.lastModifiedTime(), attributes.size(), identity == null ? "" : identity);
        } catch (IOException e) {
            return List.of("not there");
        }
    }

    /** Returns when nothing is passed on any longer. */
    @Override
    public void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
