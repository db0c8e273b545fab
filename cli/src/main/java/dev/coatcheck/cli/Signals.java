package dev.coatcheck.cli;

import java.lang.reflect.Proxy;

/**
 * What a signal does here. A JVM's shutdown hook notices only the first one, and cannot keep the JVM alive, so
 * {@code sun.misc.Signal} is used; by reflection, because the compiler's warning about it cannot be suppressed.
 */
final class Signals {
    /** What is done when a signal arrives, each time. */
    interface Handler {
        void arrived() throws InterruptedException;
    }

    private Signals() {}

    /**
     * From now on this signal does this, instead of ending the JVM.
     *
     * @param name without {@code SIG}
     * @return whether it does: not without that class, or with {@code -Xrs}
     */
    static boolean handle(String name, Handler handler) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> type = Class.forName("sun.misc.SignalHandler");
            Object ours =
                    Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                        if (method.getDeclaringClass() == Object.class) {
                            return method.invoke(handler, arguments);
                        }
                        handler.arrived();
                        return null;
                    });
            signal.getMethod("handle", signal, type)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), ours);
            return true;
        } catch (ReflectiveOperationException e) {
            return false;
        }
    }
}
