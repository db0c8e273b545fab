package dev.coatcheck.prove.load;

import dev.coatcheck.prove.compare.Comparison;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A steady load: a few users who play the scenario again and again, each time as somebody new. It first learns what is usual,
 * and from {@link #judge} on notes what is less. Ends with {@link #close}; after that all its threads have ended.
 */
final class Users implements AutoCloseable {
    private static final int NUMBER = 4;

    /** So long each pauses in a conversation, all pauses together, and later on, when there were many, for much longer. */
    private static final Duration PACE = Duration.ofMillis(100);

    private static final Duration LATER_PACE = Duration.ofSeconds(1);
    private static final int MANY = 1_000;

    private static final int MOST_FAILURES = 20;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Scenario scenario;
    private final Control control;
    private final Usual usual;
    private final Supplier<PlaySettings> play;
    private final Target target;
    private final Duration patience;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("load-", 1).factory());
    private final List<AtomicInteger> finished =
            Stream.generate(AtomicInteger::new).limit(NUMBER).toList();
    private final AtomicBoolean judging = new AtomicBoolean();
    private final AtomicBoolean leaving = new AtomicBoolean();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final CountDownLatch gone = new CountDownLatch(NUMBER);

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
        for (AtomicInteger count : finished) {
            var _ = threads.submit(() -> {
                come(count);
                return true;
            });
        }
    }

    private void come(AtomicInteger count) throws InterruptedException {
        try {
            while (!leaving.get()) {
                converse(count.get() * NUMBER < MANY ? PACE : LATER_PACE);
                count.incrementAndGet();
            }
        } finally {
            gone.countDown();
        }
    }

    /** Pauses between the steps, so that at any moment most users are in the middle of a conversation. */
    private void converse(Duration pace) throws InterruptedException {
        Duration pause = pace.dividedBy(scenario.steps().size());
        Conversation conversation = Conversation.start(play.get());
        Comparison comparison = control.comparison();
        for (Step step : scenario.steps()) {
            Exchange exchange =
                    conversation.play(step.withPolling(step.polling().longerBy(patience)), target);
            boolean goesOn = goesOn(exchange, comparison.next(exchange));
            Thread.sleep(pause);
            if (!goesOn) {
                return;
            }
        }
    }

    /** Whether there is something to learn from the rest of the conversation: after a break all else follows from that. */
    private boolean goesOn(Exchange exchange, List<Difference> differences) {
        requests.incrementAndGet();
        if (exchange.response()
                .filter(response -> response.status() == TOO_MANY_REQUESTS)
                .isPresent()) {
            return false; // so many requests are the prover's own doing
        }
        int step = exchange.step().number();
        Likeness seen = Likeness.of(exchange, differences);
        if (!judging.get()) {
            usual.learn(step, seen);
            return true;
        }
        if (!usual.isBroken(step, seen)) {
            return true;
        }
        if (failed.incrementAndGet() <= MOST_FAILURES) {
            failures.add("step " + step + " " + exchange.step().title() + ": " + Likeness.inWords(differences));
        }
        return false;
    }

    /** Waits until each user has played so many conversations more to their end; false where that takes too long. */
    boolean awaitEach(int more, Duration limit) throws InterruptedException {
        long start = System.nanoTime();
        List<Integer> goals = finished.stream().map(count -> count.get() + more).toList();
        for (int user = 0; user < NUMBER; user++) {
            while (finished.get(user).get() < goals.get(user)) {
                if (System.nanoTime() - start > limit.toNanos()) {
                    return false;
                }
                Thread.sleep(Duration.ofMillis(20));
            }
        }
        return true;
    }

    /** From now on what is less than usual is a failure. */
    void judge() {
        judging.set(true);
    }

    /** Lets all finish their conversations; false where that takes too long. */
    boolean leave(Duration limit) throws InterruptedException {
        leaving.set(true);
        return gone.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    int requests() {
        return requests.get();
    }

    /** How many requests failed or were answered less well than usual. */
    int failed() {
        return failed.get();
    }

    /** What the first of them was. */
    Optional<String> firstFailure() {
        return Optional.ofNullable(failures.peek());
    }

    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
    }
}
