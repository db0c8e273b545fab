package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The WebSockets and streams of events that stay open through a conversation, and what they hear. Bounded: a hundred sockets,
 * ten thousand messages, 64 KiB of each; what is beyond is not heard. Safe for use by several threads; close it when
 * the conversation is over.
 *
 * {@snippet :
 * try (OpenSockets sockets = new OpenSockets()) {
 *     Conversation conversation = Conversation.start(settings, sockets);
 *     conversation.play(scenario.steps().get(0), target); // WEBSOCKET /live
 *     conversation.play(scenario.steps().get(1), target); // POST /news
 *     List<Message> heard = sockets.awaitQuiet(Duration.ofSeconds(1), Duration.ofSeconds(5));
 * }
 * }
 */
public final class OpenSockets implements AutoCloseable {
    /** So many are open at once at most. */
    public static final int MOST = 100;

    /** So much is kept of a message. */
    public static final int LONGEST_MESSAGE = 64 << 10;

    private static final int MOST_MESSAGES = 10_000;

    private final Map<Key, Kept> kept = new HashMap<>();
    private final List<OpenSocket> listened = new ArrayList<>();
    private final List<OpenSockets> beside = new ArrayList<>();
    private final List<Message> heard = new ArrayList<>();
    private boolean closed;

    /** Keeps none: what is opened is closed at once. */
    static OpenSockets none() {
        OpenSockets none = new OpenSockets();
        none.close();
        return none;
    }

    /** Which socket a message is sent on. */
    private record Key(String user, String path) {}

    /** A socket of now, and the step that opened it. */
    record Kept(Step opening, OpenSocket socket) {}

    /** Others for a conversation beside this one, which end with these and hear for themselves. */
    synchronized OpenSockets beside() {
        OpenSockets others = new OpenSockets();
        others.closed = closed;
        beside.add(others);
        return others;
    }

    /**
     * Keeps and hears one that was opened, in the place of an older one of the same user at the same path; closes it where
     * there are as many as are kept.
     */
    void keep(Step opening, String path, OpenSocket socket) {
        synchronized (this) {
            listened.removeIf(other -> !other.isOpen());
            if (closed || listened.size() >= MOST) {
                socket.close();
                return;
            }
            kept.put(new Key(opening.user(), path), new Kept(opening, socket));
            listened.add(socket);
        }
        socket.listen((event, text) -> hear(opening.number(), event, text));
    }

    private synchronized void hear(int step, String event, String text) {
        if (heard.size() < MOST_MESSAGES) {
            String beginning = text.length() > LONGEST_MESSAGE ? text.substring(0, LONGEST_MESSAGE) : text;
            heard.add(new Message(step, event, beginning, Instant.now()));
            notifyAll();
        }
    }

    synchronized Optional<Kept> find(String user, String path) {
        return Optional.ofNullable(kept.get(new Key(user, path)));
    }

    /** Closes those of an instance that is no more, so that whoever needs one opens it anew. */
    public synchronized void closeThoseOf(String instance) {
        listened.stream()
                .filter(socket -> socket.target().instance().equals(instance))
                .forEach(OpenSocket::close);
    }

    public synchronized boolean areAnyOpen() {
        return listened.stream().anyMatch(OpenSocket::isOpen);
    }

    /** All messages so far, in the order in which they came. */
    public synchronized List<Message> heard() {
        return List.copyOf(heard);
    }

    /** Waits until there are more messages than so many, or the time is over; gives all that there are. */
    public synchronized List<Message> awaitMore(int known, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        while (heard.size() <= known && System.nanoTime() < end) {
            wait(Math.max(1, (end - System.nanoTime()) / 1_000_000));
        }
        return heard();
    }

    /** Waits until no message has come for so long; gives all that there are. */
    public List<Message> awaitQuiet(Duration quiet, Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        int known;
        List<Message> all = heard();
        do {
            known = all.size();
            all = awaitMore(known, quiet);
        } while (all.size() > known && System.nanoTime() < end);
        return all;
    }

    @Override
    public synchronized void close() {
        closed = true;
        listened.forEach(OpenSocket::close);
        listened.clear();
        kept.clear();
        beside.forEach(OpenSockets::close);
        beside.clear();
    }
}
