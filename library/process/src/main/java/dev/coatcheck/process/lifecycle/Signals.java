package dev.coatcheck.process.lifecycle;

import java.lang.reflect.Proxy;
import java.util.Optional;

/**
 * Signals to this process. A JVM shutdown hook sees only the first SIGTERM and cannot choose the exit status, so the JDK's
 * {@code sun.misc.Signal} is used: in the module {@code jdk.unsupported}, exported, and kept for want of a successor
 * (JEP 260). It is reached by reflection, because the compiler's warning about it cannot be suppressed and a run-time image
 * may lack the module.
 */
final class Signals {
    private final Class<?> signal;
    private final Class<?> handler;

    private Signals(Class<?> signal, Class<?> handler) {
        this.signal = signal;
        this.handler = handler;
    }

    /** Empty where this JVM's image lacks the module. */
    static Optional<Signals> ofThisJvm() {
        try {
            return Optional.of(new Signals(Class.forName("sun.misc.Signal"), Class.forName("sun.misc.SignalHandler")));
        } catch (ClassNotFoundException absent) {
            return Optional.empty();
        }
    }

    /**
     * Runs {@code action}, on a thread of its own, whenever the signal arrives.
     *
     * @param name without {@code SIG}
     * @return puts back what was there before
     * @throws ReflectiveOperationException where the JVM keeps the signal to itself, as with {@code -Xrs}
     */
    Runnable handle(String name, Runnable action) throws ReflectiveOperationException {
        var ours = Proxy.newProxyInstance(
                handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getDeclaringClass() == Object.class) {
                        return method.invoke(action, arguments);
                    }
                    action.run();
                    return null;
                });
        var before = set(name, ours);
        return () -> {
            try {
                set(name, before);
            } catch (ReflectiveOperationException impossible) {
                throw new IllegalStateException("Cannot give back SIG" + name, impossible);
            }
        };
    }

    private Object set(String name, Object action) throws ReflectiveOperationException {
        var which = signal.getConstructor(String.class).newInstance(name);
        return signal.getMethod("handle", signal, handler).invoke(null, which, action);
    }
}
