package dev.coatcheck.cli;

import dev.coatcheck.formation.Formation;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What Ctrl-C and SIGTERM do: the first one stops in order what is under way, the second one at once. SIGHUP keeps what the
 * JVM makes of it, so that {@code nohup} works.
 */
final class Interruption {
    /** For what was killed to be gone; then the JVM goes, and its guardian sees to the rest. */
    private static final int KILL_SECONDS = 5;

    /** The exit status of what was ended so. */
    static final int INTERRUPTED = 130;

    private final Formation formation;
    private final AtomicBoolean asked = new AtomicBoolean();
    private volatile boolean killed;

    private Interruption(Formation formation) {
        this.formation = formation;
    }

    static Interruption stops(Formation formation) {
        Interruption interruption = new Interruption(formation);
        Signals.handle("INT", interruption::arrived);
        Signals.handle("TERM", interruption::arrived);
        // Where signals cannot be handled this is all there is.
        Runtime.getRuntime().addShutdownHook(new Thread(formation::stop, "formation-stop"));
        return interruption;
    }

    /** Of a formation that is gone: whoever waits for that may see it before the JVM is ended here. */
    int exitStatus() {
        return killed ? INTERRUPTED : 0;
    }

    /** Work that one thread does, and that ends in order when that thread is interrupted. */
    static void interrupts(Thread thread) {
        AtomicBoolean asked = new AtomicBoolean();
        Signals.Handler handler = () -> {
            if (asked.compareAndSet(false, true)) {
                thread.interrupt();
            } else {
                Runtime.getRuntime().halt(INTERRUPTED);
            }
        };
        Signals.handle("INT", handler);
        Signals.handle("TERM", handler);
    }

    private void arrived() throws InterruptedException {
        if (asked.compareAndSet(false, true)) {
            Thread.ofPlatform().name("stop").start(formation::stop);
        } else {
            killed = true;
            Thread killer = Thread.ofPlatform().name("kill").start(formation::kill);
            killer.join(KILL_SECONDS * 1000L);
            Runtime.getRuntime().halt(INTERRUPTED);
        }
    }
}
