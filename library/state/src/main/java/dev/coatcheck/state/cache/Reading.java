package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Due;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import dev.coatcheck.state.cache.ReadResult.Stale;
import dev.coatcheck.state.cache.ReadResult.Unavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the store for one entry or several and does what it says of each: serve, load, or wait for another's load.
 *
 * <p>Those in this process who meet the same load wait for it together, by its token: the store told each of them that
 * this is the load to wait for, so none is given what was invalidated before it asked.
 */
final class Reading implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Cache.class.getName());
    private static final Duration POLL = Duration.ofSeconds(5);
    private static final int MOST_IN_BACKGROUND = 64;
    private static final Duration END_LIMIT = Duration.ofSeconds(1);

    /** In place of a token, where the store told of none. */
    private static final String WITHOUT_STORE = "";

    /** How long nobody loads anew after that has failed while there was something to serve. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final CacheStore store;
    private final CacheSettings settings;
    private final @Nullable NearCache near;
    private final Outage outage;
    private final Loads loads;
    private final Flights flights = new Flights();
    private final Flights alone = new Flights();
    private final Semaphore room = new Semaphore(MOST_IN_BACKGROUND);
    private final ExecutorService background = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("coatcheck-cache-refresh").factory());

    Reading(CacheStore store, CacheSettings settings, @Nullable NearCache near) {
        this.store = store;
        this.settings = settings;
        this.near = near;
        this.outage = new Outage(settings.name());
        this.loads = new Loads(store, settings, outage);
    }

    /** Questions to the store, and its answers in their order. */
    private record Reply(List<Question> questions, List<ReadResult> results, long asked, long ticket) {}

    /** An answer for each entry. */
    Map<EntryKey, Answer> read(Request request) {
        return read(request, System.nanoTime());
    }

    /** Who asks from now on is not served by a load that began without the store before. */
    void forgetAlone() {
        alone.forgetAll();
    }

    private Map<EntryKey, Answer> read(Request request, long begun) {
        return act(request, ask(request, false), begun);
    }

    private Reply ask(Request request, boolean waiting) {
        double early = early(); // one for all: what was loaded together comes due together
        var questions = new ArrayList<Question>();
        request.entries().forEach((key, tags) -> {
            var token = UUID.randomUUID().toString().replace("-", "");
            questions.add(new Question(key, tags, token, settings.lease(), early, waiting));
        });
        long ticket = near == null ? 0 : near.ticket();
        long asked = System.nanoTime();
        return new Reply(questions, readAll(questions), asked, ticket);
    }

    private List<ReadResult> readAll(List<Question> questions) {
        var rounds = Rounds.ofQuestions(questions, settings.maxBytes());
        if (rounds.size() == 1) {
            return readRound(questions);
        }
        var results = new ArrayList<ReadResult>(questions.size());
        // What one round grants is held while the next are read, however long that takes.
        try (var renewal = Renewal.begin(store, List.of(), settings.lease())) {
            for (var round : rounds) {
                var read = readRound(round);
                results.addAll(read);
                renewal.add(granted(round, read));
            }
        }
        return results;
    }

    private static List<Load> granted(List<Question> questions, List<ReadResult> results) {
        return IntStream.range(0, questions.size())
                .filter(i -> results.get(i) instanceof Missing || results.get(i) instanceof Due)
                .mapToObj(i -> questions.get(i).load())
                .toList();
    }

    private List<ReadResult> readRound(List<Question> round) {
        long begun = System.nanoTime();
        var answered = outage.ask(() -> store.readAll(round));
        if (answered.isEmpty()) {
            return Collections.nCopies(
                    round.size(), new Unavailable("the store did not answer, or was not asked", false));
        }
        answered.get().stream()
                .filter(Unavailable.class::isInstance)
                .map(Unavailable.class::cast)
                .min(Comparator.comparing(Unavailable::isFull)) // what is away says more
                .ifPresent(part -> outage.partly(part, begun));
        return answered.get();
    }

    private Map<EntryKey, Answer> act(Request request, Reply reply, long begun) {
        var answers = new HashMap<EntryKey, Answer>();
        var due = new ArrayList<Load>();
        var missing = new ArrayList<Load>();
        var unavailable = new ArrayList<Load>();
        var busy = new ArrayList<Load>();
        for (int i = 0; i < reply.questions.size(); i++) {
            var question = reply.questions.get(i);
            switch (reply.results.get(i)) {
                case Fresh(var entry) -> answers.put(question.key(), hit(question, reply, entry));
                case Stale(var entry) -> answers.put(question.key(), new Answer.Stale(entry.value()));
                case Due(var entry) -> {
                    due.add(question.load());
                    answers.put(
                            question.key(),
                            entry.isFresh() ? new Answer.Hit(entry.value()) : new Answer.Stale(entry.value()));
                }
                case Missing none -> missing.add(question.load());
                case Unavailable none -> unavailable.add(new Load(question.key(), WITHOUT_STORE));
                case Busy(var token, var endsIn) -> busy.add(new Load(question.key(), token));
            }
        }
        if (!due.isEmpty()) {
            refresh(request, reply, due);
        }
        // Whoever waits for these is served before others are waited for: nobody waits in a circle.
        long loading = System.nanoTime();
        if (!missing.isEmpty()) {
            answers.putAll(flights.lead(missing, () -> load(request, reply, missing, Duration.ZERO)));
        }
        if (!unavailable.isEmpty()) {
            answers.putAll(loadAlone(request.only(unavailable), unavailable));
        }
        if (!busy.isEmpty()) {
            // To load is not to wait.
            answers.putAll(follow(request.only(busy), busy, begun + (System.nanoTime() - loading)));
        }
        return answers;
    }

    private Answer hit(Question question, Reply reply, StoredEntry entry) {
        if (near != null) {
            // Read anew in time to be loaded early.
            long early = (long) (entry.loadTime().toNanos() * early());
            near.put(
                    reply.ticket,
                    question.key(),
                    question.tags(),
                    entry.value(),
                    reply.asked,
                    entry.freshFor().minusNanos(early));
        }
        return new Answer.Hit(entry.value());
    }

    private Map<EntryKey, Answer> load(Request request, Reply reply, List<Load> rights, Duration pauseIfFailed) {
        var answers = new HashMap<EntryKey, Answer>();
        loads.load(request.only(rights), rights, pauseIfFailed).forEach((key, found) -> {
            if (near != null) {
                near.put(reply.ticket, key, request.tags(key), found.value(), reply.asked, found.ttl());
            }
            answers.put(key, found.answer());
        });
        return answers;
    }

    private void refresh(Request request, Reply reply, List<Load> rights) {
        if (!room.tryAcquire()) {
            loads.giveUp(rights, Duration.ZERO);
            return;
        }
        try {
            background.execute(() -> {
                try {
                    load(request, reply, rights, PAUSE);
                } catch (LoadFailedException e) {
                    LOG.log(
                            background.isShutdown() ? DEBUG : WARNING,
                            "serving what is stale as long as it may be: {0}",
                            e.getMessage());
                } catch (RuntimeException e) {
                    LOG.log(ERROR, "loading in the background failed", e);
                } finally {
                    room.release();
                }
            });
        } catch (RejectedExecutionException e) {
            room.release();
            loads.giveUp(rights, Duration.ZERO); // closed; the next process will
        }
    }

    /**
     * Waits for what others load.
     *
     * @param others a load for each entry of the request
     */
    private Map<EntryKey, Answer> follow(Request request, List<Load> others, long begun) {
        if (patience(begun).isZero()) {
            return loadAlone(request, others);
        }
        try {
            // What this process loads is shared with all who wait for it here, whether it can be kept or not.
            var answers = flights.awaitKnown(others, patience(begun));
            var left = others.stream()
                    .filter(load -> !answers.containsKey(load.key()))
                    .toList();
            if (!left.isEmpty()) {
                answers.putAll(followFirst(request.only(left), left, begun));
            }
            return answers;
        } catch (InterruptedException e) {
            return interrupted(request);
        }
    }

    /** Waits for the first, and asks for the others again then: who loads several of them at once ends all at once. */
    private Map<EntryKey, Answer> followFirst(Request request, List<Load> others, long begun)
            throws InterruptedException {
        var first = others.subList(0, 1);
        var answers = flights.join(first, patience(begun), ours -> waitForOthers(request.only(ours), begun));
        if (answers.isEmpty()) {
            // Its patience is over, or that of whom it waited with; and the others may have ended meanwhile.
            return read(request, begun);
        }
        var rest = others.subList(1, others.size());
        if (!rest.isEmpty()) {
            answers.putAll(read(request.only(rest), begun));
        }
        return answers;
    }

    /**
     * Waits until there is an answer; there is none where that takes too long.
     *
     * @param request for one entry
     */
    private Map<EntryKey, Answer> waitForOthers(Request request, long begun) {
        var key = request.keys().iterator().next();
        Reply reply;
        try (var waiting = store.await(key)) {
            while (true) {
                // Once more after beginning to listen, so that no end falls in between.
                reply = ask(request, true);
                var left = patience(begun);
                if (!(reply.results.get(0) instanceof Busy busy)) {
                    break;
                }
                if (left.isZero()) {
                    return Map.of();
                }
                // A little after the end, as a wait may end a little early.
                waiting.await(shortest(left, shortest(busy.endsIn().plusMillis(1), POLL)));
            }
        } catch (InterruptedException e) {
            return interrupted(request);
        }
        return act(request, reply, begun);
    }

    /**
     * Without the store, or without waiting any longer: once in this process at a time.
     *
     * @param waitedFor the load that was waited for, for each entry of the request
     */
    private Map<EntryKey, Answer> loadAlone(Request request, List<Load> waitedFor) {
        try {
            var answers = alone.join(waitedFor, settings.patience(), ours -> loaded(request.only(ours)));
            var left = waitedFor.stream()
                    .filter(load -> !answers.containsKey(load.key()))
                    .toList();
            if (!left.isEmpty()) {
                answers.putAll(loaded(request.only(left)));
            }
            return answers;
        } catch (InterruptedException e) {
            return interrupted(request);
        }
    }

    /** The loader will notice, if it waits for anything. */
    private static Map<EntryKey, Answer> interrupted(Request request) {
        Thread.currentThread().interrupt();
        return loaded(request);
    }

    private static Map<EntryKey, Answer> loaded(Request request) {
        var answers = new HashMap<EntryKey, Answer>();
        request.load().forEach((key, value) -> answers.put(key, new Answer.Loaded(value, false)));
        return answers;
    }

    private Duration patience(long begun) {
        var left = settings.patience().minusNanos(System.nanoTime() - begun);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /**
     * XFetch: an exponentially distributed multiple of the load time, by which the time to live is taken to be over. See
     * {@link Cache}.
     */
    private double early() {
        return settings.beta() * -Math.log(1 - ThreadLocalRandom.current().nextDouble());
    }

    private static Duration shortest(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }

    /** Interrupts what is loaded in the background. */
    @Override
    public void close() {
        background.shutdownNow();
        try {
            var unused = background.awaitTermination(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
