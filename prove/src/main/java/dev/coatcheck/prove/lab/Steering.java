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
import java.util.OptionalInt;
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
    /** One after another without a pause: whoever is idle takes all that come singly, and of many the others get some. */
    private static final int CONNECTIONS_AT_ONCE = 64;

    /** At least; where many processes listen there are some for each. The rest is for who is busy at first. */
    private static final int CONNECTIONS_AT_MOST = 96;

    private static final int CONNECTIONS_FOR_EACH = 4;

    private static final Duration LIMIT = Duration.ofSeconds(8);

    /** For the first connection to be accepted. Some servers do so only when the request comes (TCP_DEFER_ACCEPT). */
    private static final Duration FIRST_LIMIT = Duration.ofSeconds(4);

    /** How long a process that has others of its program below it may hold a connection before it is taken to serve it. */
    private static final Duration HAND_ON_AT_MOST = Duration.ofSeconds(3);

    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    /** After this another connection is tried beside one that nobody accepts, and the processes are listed anew. */
    private static final Duration LONG = Duration.ofMillis(50);

    private final LabInstance instance;
    private final Set<Long> seen = ConcurrentHashMap.newKeySet();
    private volatile OptionalLong wanted = OptionalLong.empty();
    private volatile OptionalLong served = OptionalLong.empty();
    private volatile boolean inTurn;
    private volatile boolean missed;

    /** Whether its processes accept connections unseen. */
    private boolean unseen;

    /** How many listen, as of this search; looked up only where it matters. */
    private OptionalInt listening = OptionalInt.empty();

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
    public Duration limit() {
        return LIMIT;
    }

    @Override
    public synchronized Socket choose(Opening opening) throws IOException {
        if (unseen) {
            return opening.open();
        }
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
        listening = OptionalInt.empty();
        Members members = Members.of(instance.pids());
        Duration pause = PAUSE;
        Attempt last = open(opening, attempts);
        while (System.nanoTime() - start < (attempts.size() == 1 ? FIRST_LIMIT : LIMIT).toNanos()) {
            for (Attempt attempt : attempts) {
                if (accepted(attempt, members) && fits(attempt, members)) {
                    return attempt;
                }
            }
            boolean inHaste = attempts.size() < CONNECTIONS_AT_ONCE;
            if (isDue(last, attempts, inHaste ? Duration.ZERO : pause) && attempts.size() < most(attempts)) {
                if (!inHaste) {
                    Duration twice = pause.multipliedBy(2);
                    pause = twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
                }
                last = open(opening, attempts);
            } else {
                Thread.sleep(PAUSE);
            }
            if (members.areOlderThan(LONG)) {
                members = Members.of(instance.pids());
            }
        }
        giveIn(last, attempts);
        return last;
    }

    /** Sends the step on the last connection, whoever takes it. */
    private void giveIn(Attempt last, List<Attempt> attempts) {
        served = last.owner();
        boolean isHeld = attempts.stream().anyMatch(Attempt::isHeld);
        unseen = seen.isEmpty() && !isHeld;
        // A parent that forked its only server is the other one.
        if (!inTurn && (isHeld || seen.size() > 1 || instance.listening() > 2)) {
            missed = true;
        }
    }

    private static Attempt open(Opening opening, List<Attempt> attempts) throws IOException {
        Attempt attempt = new Attempt(opening.open());
        attempts.add(attempt);
        return attempt;
    }

    /** Whether it is time for another connection, after a pause since the last where that was accepted by the wrong one. */
    private boolean isDue(Attempt last, List<Attempt> attempts, Duration pause) {
        if (!last.isPending()) {
            return last.isOlderThan(pause);
        }
        boolean others = attempts.size() > 1
                || (last.holder().isPresent() && hasRivals(last.holder().getAsLong()));
        return others && last.isOlderThan(LONG);
    }

    private int most(List<Attempt> attempts) {
        return attempts.size() < CONNECTIONS_AT_MOST
                ? CONNECTIONS_AT_MOST
                : Math.max(CONNECTIONS_AT_MOST, CONNECTIONS_FOR_EACH * listening());
    }

    private int listening() {
        if (listening.isEmpty()) {
            listening = OptionalInt.of(instance.listening());
        }
        return listening.getAsInt();
    }

    private boolean accepted(Attempt attempt, Members members) throws IOException {
        if (attempt.isPending()) {
            InetSocketAddress here = (InetSocketAddress) attempt.socket().getLocalSocketAddress();
            Set<Long> holders = instance.layer()
                    .clientInside(here)
                    .map(client -> ServerEnd.holders(client, members.pids()))
                    .orElse(Set.of());
            attempt.look(holders, members, wanted, (holder, held) -> mayHandOn(holder, held, members));
            attempt.owner().ifPresent(seen::add);
        }
        return !attempt.isPending();
    }

    /** Whether a process that has others below it may still give them a connection that it has held for so long. */
    private boolean mayHandOn(long holder, Duration held, Members members) {
        return hasRivals(holder) || (held.compareTo(HAND_ON_AT_MOST) < 0 && members.hasLikeBelow(holder));
    }

    /** Whether others listen at the port or have accepted there, so that this one need not be who serves. */
    private boolean hasRivals(long pid) {
        return seen.stream().anyMatch(other -> other != pid) || listening() > 1;
    }

    private boolean fits(Attempt attempt, Members members) {
        // What an attempt was accepted by may have ended since.
        boolean lives = attempt.owner().stream().anyMatch(members.pids()::contains);
        boolean fits = lives
                && (inTurn
                        ? !attempt.owner().equals(served)
                        : attempt.owner().equals(wanted)
                                || wanted.isEmpty()
                                || !members.pids().contains(wanted.getAsLong()));
        if (fits) {
            served = attempt.owner();
            wanted = attempt.owner();
        }
        return fits;
    }
}
