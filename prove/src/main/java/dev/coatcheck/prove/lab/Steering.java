package dev.coatcheck.prove.lab;

import dev.coatcheck.host.tcp.ServerEnd;
import dev.coatcheck.prove.play.ConnectionChoice;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Sends all steps to one process of an instance of which several take connections at one TCP port, and leave it to chance
 * who does: opens connections until the wanted process has accepted one. Those that others have accepted stay open
 * meanwhile, since most take no second one while they wait for the request on the first.
 *
 * <p>The first process that accepts is the wanted one, until it ends. One step at a time.
 */
final class Steering implements ConnectionChoice {
    private static final int CONNECTIONS_AT_MOST = 64;
    private static final Duration LIMIT = Duration.ofSeconds(8);

    /** For the first connection to be accepted. Some servers do so only when the request comes (TCP_DEFER_ACCEPT). */
    private static final Duration FIRST_LIMIT = Duration.ofSeconds(4);

    private static final Duration PAUSE = Duration.ofMillis(1);

    /** After this another connection is tried beside one that nobody accepts, and the processes are listed anew. */
    private static final Duration LONG = Duration.ofMillis(50);

    private final LabInstance instance;
    private final Set<Long> seen = ConcurrentHashMap.newKeySet();
    private volatile OptionalLong wanted = OptionalLong.empty();
    private volatile OptionalLong served = OptionalLong.empty();
    private volatile boolean inTurn;
    private volatile boolean missed;

    Steering(LabInstance instance) {
        this.instance = instance;
    }

    /** From now on each step goes to another process than the one before. */
    void takeTurns() {
        inTurn = true;
    }

    /** The process that took the last step; empty as long as that is not known. */
    OptionalLong served() {
        return served;
    }

    /** The processes that have accepted a connection so far. */
    Set<Long> seen() {
        return Set.copyOf(seen);
    }

    /** Whether a step was sent wherever it came to, since the wanted process accepted no connection. */
    boolean hasMissed() {
        return missed;
    }

    @Override
    public synchronized Socket choose(Opening opening) throws IOException {
        List<Attempt> attempts = new ArrayList<>();
        try {
            Attempt fit = search(opening, attempts);
            attempts.remove(fit);
            return fit.socket();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while a process was to accept a connection");
        } finally {
            attempts.forEach(Attempt::giveUp);
        }
    }

    private Attempt search(Opening opening, List<Attempt> attempts) throws IOException, InterruptedException {
        long start = System.nanoTime();
        Members members = Members.of(instance.pids());
        Attempt last = open(opening, attempts);
        while (System.nanoTime() - start < (attempts.size() == 1 ? FIRST_LIMIT : LIMIT).toNanos()) {
            for (Attempt attempt : attempts) {
                if (attempt.isPending() && accepted(attempt, members) && fits(attempt, members)) {
                    return attempt;
                }
            }
            boolean stuck = attempts.size() > 1 && last.isOlderThan(LONG);
            if ((!last.isPending() || stuck) && attempts.size() < CONNECTIONS_AT_MOST) {
                last = open(opening, attempts);
            } else {
                Thread.sleep(PAUSE);
            }
            if (members.areOlderThan(LONG)) {
                members = Members.of(instance.pids());
            }
        }
        served = last.owner();
        // A parent that forked its only server is the other one.
        if (!inTurn && (seen.size() > 1 || instance.listening() > 2)) {
            missed = true;
        }
        return last;
    }

    private static Attempt open(Opening opening, List<Attempt> attempts) throws IOException {
        Attempt attempt = new Attempt(opening.open());
        attempts.add(attempt);
        return attempt;
    }

    private boolean accepted(Attempt attempt, Members members) throws IOException {
        InetSocketAddress here = (InetSocketAddress) attempt.socket().getLocalSocketAddress();
        Set<Long> holders = instance.layer()
                .clientInside(here)
                .map(client -> ServerEnd.holders(client, members.pids()))
                .orElse(Set.of());
        attempt.look(holders, members, wanted);
        attempt.owner().ifPresent(seen::add);
        return !attempt.isPending();
    }

    private boolean fits(Attempt attempt, Members members) {
        boolean fits = inTurn
                ? !attempt.owner().equals(served)
                : attempt.owner().equals(wanted)
                        || wanted.isEmpty()
                        || !members.pids().contains(wanted.getAsLong());
        if (fits) {
            served = attempt.owner();
            wanted = attempt.owner();
        }
        return fits;
    }
}
