package dev.coatcheck.process.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ties a lifecycle to the end of this JVM: signals, exit status, shutdown. */
final class Termination {
    private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

    /** For the JVM's shutdown hooks, which others may have added. */
    private static final Duration EXIT_LIMIT = Duration.ofSeconds(5);

    /** A wrapper such as npm passes a signal on that the whole process group has got already: one wish, told twice. */
    private static final Duration ECHO = Duration.ofSeconds(1);

    private final AtomicReference<Mode> mode = new AtomicReference<>(Mode.ARMED);
    private final Map<Signal, Long> firstSeen = new ConcurrentHashMap<>();
    private final List<Runnable> giveBack = new CopyOnWriteArrayList<>();

    private enum Mode {
        /** No signal yet. */
        ARMED,
        /** A signal asked for the end, which will be the end of the JVM. */
        SIGNALLED,
        /** The lifecycle has stopped without one, and signals are given back. */
        DISARMED
    }

    /** What a signal's number is; the exit status of a process that it ended is 128 more. */
    private enum Signal {
        INT(2),
        TERM(15);

        private final int number;

        Signal(int number) {
            this.number = number;
        }

        int status() {
            return 128 + number;
        }
    }

    void takeOver(Lifecycle lifecycle) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> atShutdown(lifecycle), "lifecycle-shutdown"));
        Signals.ofThisJvm()
                .ifPresentOrElse(
                        signals -> {
                            for (var signal : Signal.values()) {
                                takeOver(signals, signal, lifecycle);
                            }
                        },
                        () -> log.warn(
                                "This Java has no module jdk.unsupported: a second signal will not end the process"
                                        + " at once, and a clean stop will not end it with status 0"));
    }

    private void takeOver(Signals signals, Signal signal, Lifecycle lifecycle) {
        try {
            giveBack.add(signals.handle(signal.name(), () -> arrived(signal, lifecycle)));
        } catch (ReflectiveOperationException kept) {
            log.warn("Cannot handle SIG{} (is the JVM running with -Xrs?); it will not stop cleanly", signal, kept);
        }
    }

    private void arrived(Signal signal, Lifecycle lifecycle) {
        // Only the same one: Ctrl-C in a terminal reaches every process as SIGINT, and their runner adds a SIGTERM.
        var again = isAgain(signal, System.nanoTime());
        if (mode.compareAndSet(Mode.ARMED, Mode.SIGNALLED)) {
            lifecycle.stop("SIG" + signal);
        } else if (again || mode.get() == Mode.DISARMED) {
            // Not even a line in the log: standard output that nobody reads may be what the process hangs on.
            Runtime.getRuntime().halt(signal.status());
        }
    }

    private boolean isAgain(Signal signal, long now) {
        var first = firstSeen.putIfAbsent(signal, now);
        return first != null && now - first > ECHO.toNanos();
    }

    /** Called when everything is closed, just before those who wait for that go on. */
    void ended(boolean clean) {
        if (mode.compareAndSet(Mode.ARMED, Mode.DISARMED)) {
            giveBack.forEach(Runnable::run);
        } else {
            Thread.ofPlatform().name("exit").start(() -> exit(clean ? 0 : 1));
        }
    }

    private static void exit(int status) {
        Thread.ofPlatform().name("exit-limit").daemon().start(() -> haltAfterLimit(status));
        System.exit(status);
    }

    private static void haltAfterLimit(int status) {
        try {
            Thread.sleep(EXIT_LIMIT);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(status);
    }

    private static void atShutdown(Lifecycle lifecycle) {
        lifecycle.stop("the JVM ends");
        try {
            lifecycle.awaitStopped();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
