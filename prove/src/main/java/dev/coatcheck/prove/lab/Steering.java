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
import java.util.Optional;
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
    /** So many follow each other without a pause, as soon as the one before was accepted. */
    private static final int CONNECTIONS_IN_HASTE = 64;

    /** At least; where many processes listen there are some for each. The rest is for who is busy at first. */
    private static final int CONNECTIONS_AT_MOST = 96;

    private static final int CONNECTIONS_FOR_EACH = 4;

    private static final Duration LIMIT = Duration.ofSeconds(8);

    /** A search in vain makes the next one shorter by this factor: a step that polls is not to search for hours. */
    private static final int LESS_PATIENT = 8;

    private static final Duration SHORTEST_LIMIT = Duration.ofMillis(200);

    /** Where nobody was ever seen to accept: some servers do so only when the request comes (TCP_DEFER_ACCEPT). */
    private static final Duration UNSEEN_LIMIT = Duration.ofSeconds(4);

    /** So many searches in which nobody was seen to accept show that nobody ever will be; one may have met a busy machine. */
    private static final int UNSEEN_SEARCHES = 2;

    private static final Duration PAUSE = Duration.ofMillis(1);

    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);

    /** After this another connection is tried beside one that nobody accepts, and the processes are listed anew. */
    private static final Duration LONG = Duration.ofMillis(50);

    /** For another connection beside the first. Where the queue is full it is in vain, and nobody looks meanwhile. */
    private static final Duration OPEN_LIMIT = Duration.ofMillis(200);

    private final LabInstance instance;
    private final Set<Long> seen = ConcurrentHashMap.newKeySet();
    private volatile OptionalLong wanted = OptionalLong.empty();
    private volatile OptionalLong served = OptionalLong.empty();
    private volatile boolean inTurn;
    private volatile boolean missed;

    private int unseenSearches;

    /** How long to search next. */
    private Duration patience = LIMIT;

    /** How many may take connections, as of this search; looked up only where it matters. */
    private OptionalInt takers = OptionalInt.empty();

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
        if (unseenSearches == UNSEEN_SEARCHES) {
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
        takers = OptionalInt.empty();
        Members members = Members.of(instance.pids());
        Duration pause = PAUSE;
        Attempt last = new Attempt(opening.open());
        attempts.add(last);
        long start = System.nanoTime();
        while (System.nanoTime() - start < limit(attempts).toNanos()) {
            for (Attempt attempt : attempts) {
                if (accepted(attempt, members) && fits(attempt, members)) {
                    return attempt;
                }
            }
            boolean inHaste = attempts.size() < CONNECTIONS_IN_HASTE;
            boolean isDue = isDue(last, attempts, inHaste ? Duration.ZERO : pause, members);
            Optional<Attempt> another =
                    isDue && attempts.size() < most(attempts) ? tryToOpen(opening) : Optional.empty();
            if (another.isPresent()) {
                last = another.get();
                attempts.add(last);
                pause = inHaste ? pause : longer(pause);
            } else {
                Thread.sleep(PAUSE);
            }
            Members listed = members;
            if (members.areOlderThan(LONG) || attempts.stream().anyMatch(attempt -> attempt.isHeldSince(listed))) {
                members = Members.of(instance.pids());
            }
        }
        giveIn(last, attempts);
        return last;
    }

    private Duration limit(List<Attempt> attempts) {
        boolean isSeen = !seen.isEmpty() || attempts.stream().anyMatch(Attempt::isHeld);
        return isSeen || patience.compareTo(UNSEEN_LIMIT) < 0 ? patience : UNSEEN_LIMIT;
    }

    private static Duration longer(Duration pause) {
        Duration twice = pause.multipliedBy(2);
        return twice.compareTo(LONGEST_PAUSE) < 0 ? twice : LONGEST_PAUSE;
    }

    /** Another connection beside those that are open, which do without it where it cannot be had. */
    private static Optional<Attempt> tryToOpen(Opening opening) {
        try {
            return Optional.of(new Attempt(opening.open(OPEN_LIMIT)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Sends the step on the last connection, whoever takes it. */
    private void giveIn(Attempt last, List<Attempt> attempts) {
        served = last.owner();
        boolean isHeld = attempts.stream().anyMatch(Attempt::isHeld);
        if (seen.isEmpty() && !isHeld) {
            unseenSearches++;
        }
        if (!inTurn && (isHeld || seen.size() > 1 || takers() > 1)) {
            missed = true;
        }
        Duration less = patience.dividedBy(LESS_PATIENT);
        patience = less.compareTo(SHORTEST_LIMIT) > 0 ? less : SHORTEST_LIMIT;
    }

    /** Whether it is time for another connection, after a pause since the last where that was accepted by the wrong one. */
    private boolean isDue(Attempt last, List<Attempt> attempts, Duration pause, Members members) {
        return last.isPending()
                ? last.isOlderThan(LONG) && (attempts.size() > 1 || hasRivals(last.holder(), members))
                : last.isOlderThan(pause);
    }

    private int most(List<Attempt> attempts) {
        return attempts.size() < CONNECTIONS_AT_MOST
                ? CONNECTIONS_AT_MOST
                : Math.max(CONNECTIONS_AT_MOST, CONNECTIONS_FOR_EACH * takers());
    }

    private int takers() {
        if (takers.isEmpty()) {
            takers = OptionalInt.of(instance.takers());
        }
        return takers.getAsInt();
    }

    private boolean accepted(Attempt attempt, Members members) throws IOException {
        if (attempt.isPending()) {
            InetSocketAddress here = (InetSocketAddress) attempt.socket().getLocalSocketAddress();
            Set<Long> holders = instance.layer()
                    .clientInside(here)
                    .map(client -> ServerEnd.holders(client, members.pids()))
                    .orElse(Set.of());
            attempt.look(holders, members, wanted, seen, holder -> mayHandOn(holder, members));
            attempt.owner().ifPresent(seen::add);
        }
        return !attempt.isPending();
    }

    /** Whether a process that has others below it may still give them a connection. */
    private boolean mayHandOn(long holder, Members members) {
        return members.hasLikeBelow(holder) || hasRivals(OptionalLong.of(holder), members);
    }

    /** Whether others may take connections too, or have done so beside the one that holds this, who then need not serve. */
    private boolean hasRivals(OptionalLong holder, Members members) {
        boolean othersTook = holder.isPresent()
                && seen.stream()
                        .anyMatch(pid ->
                                pid != holder.getAsLong() && members.pids().contains(pid));
        return othersTook || takers() > 1;
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
            patience = LIMIT;
        }
        return fits;
    }
}
