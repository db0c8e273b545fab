package dev.coatcheck.prove.load;

import dev.coatcheck.prove.compare.Comparison;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.OpenSockets;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * A steady load: a few users who play the scenario again and again, each time as somebody new, with sockets of their own. It
 * first learns what is usual, and from {@link #judge} on notes what is less. Ends with {@link #close}; after that all its threads
 * have ended.
 */
final class Users implements AutoCloseable {
    private static final int NUMBER = 4;

    /** So long each pauses in a conversation, all pauses together, and later on, when there were many, for much longer. */
    private static final Duration PACE = Duration.ofMillis(100);

    private static final Duration LATER_PACE = Duration.ofSeconds(1);

    /** Of all users together: each may leave an account, a mail, an order in a service that others use too. */
    private static final int MANY = 100;

    private static final int TOO_MANY_REQUESTS = 429;

    /** A client whose socket was closed under it, be it in the middle of a handshake, opens it anew and says it again. */
    private static final Polling ONCE_MORE = new Polling(1, Duration.ofMillis(100));

    private final Scenario scenario;
    private final Control control;
    private final Usual usual;
    private final Supplier<PlaySettings> play;
    private final Target target;
    private final Duration patience;
    private final Tally tally = new Tally();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("load-", 1).factory());
    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final List<User> users;

    /**
     * Begins at once.
     *
     * @param play the settings of a conversation, each time from another address
     * @param patience for how much longer than the scenario says a step polls: what an ended worker had begun is taken up by
     *     another only when its lease is over
     */
    Users(
            Scenario scenario,
            Control control,
            Usual usual,
            Supplier<PlaySettings> play,
            Target target,
            Duration patience) {
        this.scenario = scenario;
        this.control = control;
        this.usual = usual;
        this.play = play;
        this.target = target;
        this.patience = patience;
        this.users = IntStream.range(0, NUMBER).mapToObj(number -> new User()).toList();
    }

    /** One of them, from the first conversation to the last. */
    private final class User {
        private final AtomicInteger finished = new AtomicInteger();
        private volatile Step step = scenario.steps().getFirst();
        private final Future<Boolean> coming = threads.submit(this::come);

        private boolean come() throws InterruptedException {
            while (!leaving.get()) {
                converse(begun.getAndIncrement() < MANY ? PACE : LATER_PACE);
                finished.incrementAndGet();
            }
            return true;
        }

        /** Pauses between the steps, so that at any moment most users are in the middle of a conversation. */
        private void converse(Duration pace) throws InterruptedException {
            Duration pause = pace.dividedBy(scenario.steps().size());
            boolean judged = usual.isFrozen();
            try (OpenSockets sockets = new OpenSockets()) {
                Conversation conversation = Conversation.start(play.get(), sockets);
                Comparison comparison = control.comparison();
                for (Step each : scenario.steps()) {
                    step = each;
                    boolean goesOn = goesOn(conversation, comparison, judged);
                    // Whoever breaks off comes again no sooner than who goes on.
                    Thread.sleep(goesOn ? pause : pace);
                    if (!goesOn) {
                        return;
                    }
                }
            }
            if (judged) {
                tally.whole();
            }
        }

        /** Whether there is something to learn from the rest of the conversation: after a break all else follows from that. */
        private boolean goesOn(Conversation conversation, Comparison comparison, boolean judged)
                throws InterruptedException {
            Exchange exchange = conversation.play(patient(step), target);
            List<Difference> differences = comparison.next(exchange, false);
            if (!differences.isEmpty() && isRefused(exchange)) {
                if (judged) {
                    tally.refused();
                }
                Thread.sleep(LATER_PACE); // so many requests are the prover's own doing
                return false;
            }
            Likeness seen = Likeness.of(exchange, differences);
            if (!judged) {
                usual.learn(step.number(), seen);
                return true;
            }
            tally.answered(step, usual.of(step.number()));
            if (usual.isBroken(step.number(), seen)) {
                tally.failed(step, Likeness.inWords(differences));
                return false;
            }
            return true;
        }

        /** Where it has failed, what it failed with; rethrown for whoever waits for it. */
        private void check() {
            if (coming.state() == Future.State.FAILED) {
                throw new IllegalStateException(
                        "a user of the load has failed at step " + step.number(), coming.exceptionNow());
            }
        }
    }

    private Step patient(Step step) {
        return step.withPolling(
                step.request().isOfWebSocket() && step.polling().retries() == 0
                        ? ONCE_MORE
                        : step.polling().longerBy(patience));
    }

    private static boolean isRefused(Exchange exchange) {
        return exchange.response()
                .filter(response -> response.status() == TOO_MANY_REQUESTS)
                .isPresent();
    }

    /**
     * Waits until each user has played so many conversations more to their end; false where that takes too long.
     *
     * @throws IllegalStateException if one of them could not go on, which is a fault of the prover
     */
    boolean awaitEach(int more, Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        List<Integer> goals =
                users.stream().map(user -> user.finished.get() + more).toList();
        for (int number = 0; number < NUMBER; number++) {
            User user = users.get(number);
            while (user.finished.get() < goals.get(number)) {
                user.check();
                if (System.nanoTime() - start > limit.toNanos()) {
                    return false;
                }
                Thread.sleep(Duration.ofMillis(20));
            }
        }
        return true;
    }

    /**
     * From the next conversation of each on, what is less than usual is a failure. Waits until each has begun that one; false
     * where that takes too long.
     */
    boolean judge(Duration limit) throws InterruptedException {
        usual.freeze();
        // What was begun before is neither learned from nor judged: it may have broken already, unseen.
        return awaitEach(1, limit);
    }

    /** Lets all finish their conversations. Whose step is not answered by then has failed at it. */
    void leave(Duration limit) throws InterruptedException {
        leaving.set(true);
        long end = System.nanoTime() + limit.toNanos();
        for (User user : users) {
            try {
                user.coming.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                tally.neverOver(user.step, limit);
            } catch (ExecutionException e) {
                user.check();
            }
        }
    }

    /** What came of it since it is judged. */
    Tally tally() {
        return tally;
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
