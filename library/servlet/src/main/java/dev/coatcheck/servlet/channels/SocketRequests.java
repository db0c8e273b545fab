package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Subscription;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the client of a socket has asked for and not been answered yet, dealt with in turn on a virtual thread, so that
 * neither a store that is asked nor a client that is answered holds up a thread of the container.
 */
final class SocketRequests {
    /** A client that comes back asks for all its topics at once. */
    private static final int MOST = 2 * Subscription.MAX_TOPICS;

    private final Consumer<String> answer;

    // All guarded by this.
    private final Queue<String> waiting = new ArrayDeque<>();
    private boolean answering;
    private boolean closed;

    /** @param answer throws nothing */
    SocketRequests(Consumer<String> answer) {
        this.answer = answer;
    }

    /**
     * The client asks for something more.
     *
     * @return false where too much has been asked for that is not answered
     */
    synchronized boolean add(String request) {
        if (closed) {
            return true;
        }
        if (waiting.size() == MOST) {
            return false;
        }
        waiting.add(request);
        if (!answering) {
            answering = true;
            Thread.ofVirtual().name("coatcheck-channel-requests").start(this::answerAll);
        }
        return true;
    }

    private void answerAll() {
        for (var next = next(); next != null; next = next()) {
            answer.accept(next);
        }
    }

    private synchronized @Nullable String next() {
        var next = waiting.poll();
        answering = next != null;
        return next;
    }

    /** Drops what waits, and what comes. */
    synchronized void close() {
        closed = true;
        waiting.clear();
    }
}
