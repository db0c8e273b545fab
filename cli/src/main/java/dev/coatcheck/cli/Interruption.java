package dev.coatcheck.cli;

import dev.coatcheck.formation.Formation;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What Ctrl-C and SIGTERM do: the first one stops the formation in order, the second one at once. A JVM's shutdown hook
 * notices only the first, so {@code sun.misc.Signal} is used, by reflection, because the compiler's warning about it
 * cannot be suppressed. SIGHUP keeps what the JVM makes of it, so that {@code nohup} works.
 */
final class Interruption {
    /** For what was killed to be gone; then the JVM goes, and its guardian sees to the rest. */
    private static final int KILL_SECONDS = 5;

    private static final int INTERRUPTED = 130;

    private final Formation formation;
    private final AtomicBoolean asked = new AtomicBoolean();

    private Interruption(Formation formation) {
        this.formation = formation;
    }

    static void stops(Formation formation) {
        Interruption interruption = new Interruption(formation);
        try {
            interruption.handle("INT");
            interruption.handle("TERM");
        } catch (ReflectiveOperationException e) {
            // Without that class, or with -Xrs: then the hook below is all there is.
        }
        Runtime.getRuntime().addShutdownHook(new Thread(formation::stop, "formation-stop"));
    }

    private void handle(String name) throws ReflectiveOperationException {
        Class<?> signal = Class.forName("sun.misc.Signal");
        Class<?> handler = Class.forName("sun.misc.SignalHandler");
        Object ours = Proxy.newProxyInstance(
                handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.invoke(this, arguments);
                    }
                    arrived();
                    return null;
                });
        signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
    }

    private void arrived() throws InterruptedException {
        if (asked.compareAndSet(false, true)) {
            Thread.ofPlatform().name("stop").start(formation::stop);
        } else {
            Thread killer = Thread.ofPlatform().name("kill").start(formation::kill);
            killer.join(KILL_SECONDS * 1000L);
            Runtime.getRuntime().halt(INTERRUPTED);
        }
    }
}
