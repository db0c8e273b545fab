package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.play.OpenSockets;
import java.time.Duration;
import java.util.List;

/** Waits for what open sockets hear after a step. For one thread. */
final class Listening {
    /** When nothing has come for so long, nothing more comes: of what an application tells at once, or its worker. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    /** Where it never is quiet. */
    private static final Duration LOUD_AT_MOST = Duration.ofSeconds(5);

    /** A fleet has so much time at least: what one process tells itself at once comes through a backing service to others. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

    private static final Duration MOST_PATIENCE = Duration.ofSeconds(30);

    /** By how much longer than in one process a message may take among several. */
    private static final int SLOWER = 3;

    private final RunUser user;
    private final Duration patience;
    private int told;

    Listening(RunUser user) {
        this.user = user;
        Duration longer = user.heardWithin().multipliedBy(SLOWER);
        Duration least = longer.compareTo(LEAST_PATIENCE) > 0 ? longer : LEAST_PATIENCE;
        this.patience = least.compareTo(MOST_PATIENCE) < 0 ? least : MOST_PATIENCE;
    }

    /**
     * What there is to learn: waits until all is quiet.
     *
     * @param last whether no other step follows
     * @return the exchange, and what was heard after it
     */
    Exchange learn(Exchange exchange, boolean last) throws InterruptedException {
        OpenSockets sockets = user.sockets();
        // What only reads makes nobody speak; what comes late all the same is heard with the next step.
        boolean mayTell =
                last || exchange.opened() || !exchange.step().request().isSafe();
        return with(
                exchange, sockets.areAnyOpen() && mayTell ? sockets.awaitQuiet(QUIET, LOUD_AT_MOST) : sockets.heard());
    }

    private Exchange with(Exchange exchange, List<Message> all) {
        Exchange hearing = exchange.hearing(all.subList(told, all.size()));
        told = all.size();
        return hearing;
    }

    /**
     * The messages that do not come within the time that they have. Whoever has just opened a socket is given the time that
     * the control gave it: until then it may not be known yet to all who are to tell it something.
     */
    List<Difference> missing(Exchange exchange, Seat seat) throws InterruptedException {
        OpenSockets sockets = user.sockets();
        int step = exchange.step().number();
        List<Message> all = exchange.opened() ? sockets.awaitQuiet(QUIET, LOUD_AT_MOST) : sockets.heard();
        long end = System.nanoTime() + patience.toNanos();
        List<Difference> missing = user.unheard(step, seat, all);
        while (!missing.isEmpty() && System.nanoTime() < end) {
            all = sockets.awaitMore(all.size(), Duration.ofNanos(end - System.nanoTime()));
            missing = user.unheard(step, seat, all);
        }
        return missing;
    }

    /** The exchange, and what was heard after it so far. */
    Exchange heard(Exchange exchange) {
        return with(exchange, user.sockets().heard());
    }
}
