package dev.coatcheck.prove.play;

import java.io.Closeable;
import java.io.IOException;
import java.net.Socket;

/** A connection that stays open after its step, and on which the application speaks when it likes. */
abstract class OpenSocket implements Closeable {
    private final Socket socket;
    private final Target target;
    private volatile boolean ended;

    /** Is told of each message. */
    @FunctionalInterface
    interface Ear {
        void hear(String event, String text);
    }

    OpenSocket(Socket socket, Target target) {
        this.socket = socket;
        this.target = target;
    }

    Socket socket() {
        return socket;
    }

    /** Where it was opened. */
    Target target() {
        return target;
    }

    boolean isOpen() {
        return !ended && !socket.isClosed();
    }

    /** Hears until the other side ends it, or {@link #close}. */
    void listen(Ear ear) {
        Thread.ofVirtual().name("socket to " + target.instance()).start(() -> {
            try {
                // Silence is no fault.
                socket.setSoTimeout(0);
                hear(ear);
            } catch (IOException | RuntimeException e) {
                // So ends a socket whose process was killed, or one that does not speak as it should; whoever needs it
                // opens it anew.
            } finally {
                ended = true;
                close();
            }
        });
    }

    /** Blocks until there is nothing more to hear. */
    abstract void hear(Ear ear) throws IOException;

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }
}
