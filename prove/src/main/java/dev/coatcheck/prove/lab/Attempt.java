package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/** A connection that some process of an instance is to accept. For one thread. */
final class Attempt {
    /**
     * How long a process that has others below it may hold a connection before it counts as the one that serves it: the
     * master of Node's {@code cluster} accepts and hands on.
     */
    private static final Duration HAND_ON = Duration.ofMillis(250);

    private final Socket socket;
    private final long openedNanos = System.nanoTime();
    private OptionalLong heldNanos = OptionalLong.empty();
    private OptionalLong owner = OptionalLong.empty();

    Attempt(Socket socket) {
        this.socket = socket;
    }

    Socket socket() {
        return socket;
    }

    /** The process that serves it; empty as long as that is not certain. */
    OptionalLong owner() {
        return owner;
    }

    /** Closes the connection. */
    void giveUp() {
        try {
            socket.close();
        } catch (IOException e) {
            // Closed is closed.
        }
    }

    boolean isPending() {
        return owner.isEmpty();
    }

    boolean isOlderThan(Duration age) {
        return System.nanoTime() - openedNanos > age.toNanos();
    }

    /**
     * Takes note of who holds the server's end now.
     *
     * @param known a process that is known to serve what it holds
     */
    void look(Set<Long> holders, Members members, OptionalLong known) {
        if (holders.isEmpty()) {
            return;
        }
        long deepest = members.deepest(holders);
        heldNanos = OptionalLong.of(heldNanos.orElse(System.nanoTime()));
        boolean settled = holders.size() == 1 && (!members.hasBelow(deepest) || known.equals(OptionalLong.of(deepest)));
        if (settled || System.nanoTime() - heldNanos.getAsLong() > HAND_ON.toNanos()) {
            owner = OptionalLong.of(deepest);
        }
    }
}
