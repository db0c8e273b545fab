package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;

/** A connection that some process of an instance is to accept. For one thread. */
final class Attempt {
    /**
     * How long a process may hold a connection at least before it counts as the one that serves it, though it may be about
     * to hand it on, as the master of Node's {@code cluster} does. To one that would run, what it has had of a processor
     * counts: on a busy machine that may be nothing for longer.
     */
    private static final Duration HAND_ON = Duration.ofMillis(250);

    /** How long a process may hold a connection at most before it is taken to serve it, whatever it does. */
    private static final Duration HAND_ON_AT_MOST = Duration.ofSeconds(3);

    private final Socket socket;
    private final long openedNanos = System.nanoTime();
    private OptionalLong heldNanos = OptionalLong.empty();
    private OptionalLong holder = OptionalLong.empty();

    /** What the holder had used of the processors when it was first seen to hold this. */
    private Duration usedBefore = Duration.ZERO;

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

    /** The process that holds it; empty where nobody does. */
    OptionalLong holder() {
        return holder;
    }

    /** Whether some process holds it, and may still hand it on. */
    boolean isHeld() {
        return isPending() && holder.isPresent();
    }

    /** Whether it was accepted after these were listed, so that whoever accepted it may have begun a process for it since. */
    boolean isHeldSince(Members members) {
        return isHeld() && members.atNanos() - heldNanos.getAsLong() <= 0;
    }

    /** Whether a process that has others below it may still hand on what it holds. */
    @FunctionalInterface
    interface HandingOn {
        boolean mayHandOn(long holder);
    }

    /**
     * Takes note of who holds the server's end now.
     *
     * @param members if they were listed before it was held, nothing is settled: the holder may have begun others since
     * @param wanted a process that is known to serve what it holds, also where it has others below it
     * @param seen processes that have served before
     * @param handingOn asked about processes that have others below them
     */
    void look(Set<Long> holders, Members members, OptionalLong wanted, Set<Long> seen, HandingOn handingOn) {
        if (holders.isEmpty()) {
            // Nobody has accepted it yet, or whoever did has closed it.
            holder = OptionalLong.empty();
            heldNanos = OptionalLong.empty();
            return;
        }
        long deepest = members.deepest(holders);
        if (!holder.equals(OptionalLong.of(deepest))) {
            usedBefore = Threads.cpuTime(deepest);
        }
        holder = OptionalLong.of(deepest);
        heldNanos = OptionalLong.of(heldNanos.orElse(System.nanoTime()));
        Duration held = Duration.ofNanos(System.nanoTime() - heldNanos.getAsLong());
        boolean serves = !members.hasBelow(deepest) || wanted.equals(holder);
        boolean waits = seen.contains(deepest) || (!isHeldSince(members) && !Threads.anyRuns(deepest));
        boolean settled = serves && holders.size() == 1 && waits;
        // To ask whether it may hand on takes longer than all else here, and is done only when it decides.
        boolean waited = held.compareTo(HAND_ON) > 0
                && (held.compareTo(HAND_ON_AT_MOST) > 0
                        || (serves ? waits || hasRun(deepest) : !handingOn.mayHandOn(deepest)));
        if (settled || waited) {
            owner = holder;
        }
    }

    private boolean hasRun(long pid) {
        return Threads.cpuTime(pid).minus(usedBefore).compareTo(HAND_ON) > 0;
    }
}
