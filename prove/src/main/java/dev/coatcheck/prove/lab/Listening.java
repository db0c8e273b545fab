package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Message;
import dev.coatcheck.prove.play.OpenSockets;
import java.time.Duration;
import java.util.List;

/**
 * Waits for what open sockets hear after a step, in the control and in the runs that are compared with it at the same pace:
 * what a worker does meanwhile, or what is put together into one message, depends on it. For one thread.
 */
final class Listening {
    /** When nothing has come for so long, nothing more comes: of what an application tells at once, or its worker. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    /** Where it never is quiet. */
    private static final Duration LOUD_AT_MOST = Duration.ofSeconds(5);

    /**
     * A fleet has so much time at least: what one process tells itself at once comes through a backing service to others, on a
     * machine that may be busy. It costs only where something is missing, and a run ends there.
     */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(10);

    private static final Duration MOST_PATIENCE = Duration.ofSeconds(30);

    /** By how much longer than in one process a message may take among several. */
    private static final int SLOWER = 3;

    private final RunUser user;
    private final boolean alone;
    private final Duration patience;
    private int told;

    /** @param alone whether one process that nobody kills serves all steps, so that whatever it does varies by itself */
    Listening(RunUser user, boolean alone) {
        this.user = user;
        this.alone = alone;
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
        return with(exchange, last ? quiet() : quietAfter(exchange));
    }

    private Exchange with(Exchange exchange, List<Message> all) {
        Exchange hearing = exchange.hearing(all.subList(told, all.size()));
        told = all.size();
        return hearing;
    }

    /** What only reads makes nobody speak; what comes late all the same is heard with the next step. */
    private List<Message> quietAfter(Exchange exchange) throws InterruptedException {
        boolean mayTell = exchange.opened() || !exchange.step().request().isSafe();
        return mayTell ? quiet() : user.sockets().heard();
    }

    private List<Message> quiet() throws InterruptedException {
        OpenSockets sockets = user.sockets();
        return sockets.areAnyOpen() ? sockets.awaitQuiet(QUIET, LOUD_AT_MOST) : sockets.heard();
    }

    /**
     * The messages that do not come within the time that they have. What is late in one process alone is waited for longer,
     * as it is missing all the same: whoever learns from that has heard then that it is late, and not that it need not come.
     */
    List<Difference> missing(Exchange exchange, Seat seat) throws InterruptedException {
        int step = exchange.step().number();
        List<Difference> missing = missing(step, seat, quietAfter(exchange), patience);
        if (alone && !missing.isEmpty()) {
            List<Difference> _ = missing(step, seat, user.sockets().heard(), MOST_PATIENCE);
        }
        return missing;
    }

    private List<Difference> missing(int step, Seat seat, List<Message> known, Duration most)
            throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        List<Message> all = known;
        List<Difference> missing = user.unheard(step, seat, all);
        while (!missing.isEmpty() && System.nanoTime() < end) {
            all = user.sockets().awaitMore(all.size(), Duration.ofNanos(end - System.nanoTime()));
            missing = user.unheard(step, seat, all);
        }
        return missing;
    }

    /** The exchange, and what was heard after it so far. */
    Exchange heard(Exchange exchange) {
        return with(exchange, user.sockets().heard());
    }
}
