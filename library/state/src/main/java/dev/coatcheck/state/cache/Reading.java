package dev.coatcheck.state.cache;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.cache.ReadResult.Busy;
import dev.coatcheck.state.cache.ReadResult.Due;
import dev.coatcheck.state.cache.ReadResult.Fresh;
import dev.coatcheck.state.cache.ReadResult.Missing;
import dev.coatcheck.state.cache.ReadResult.Stale;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks the store and does what it says: serve, load, or wait for another's load.
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
    private final Flights<Load> flights = new Flights<>();
    private final Flights<Load> alone = new Flights<>();
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

    /** One question to the store, and its answer; empty where it has none. */
    private record Reply(Load load, Optional<ReadResult> result, long asked, long ticket) {}

    Answer read(Request request) {
        long begun = System.nanoTime();
        return act(request, ask(request, false), begun);
    }

    /** Who asks from now on is not served by a load that began without the store before. */
    void forgetAlone() {
        alone.forgetAll();
    }

    private Reply ask(Request request, boolean waiting) {
        var token = UUID.randomUUID().toString().replace("-", "");
        var question = new Question(request.key(), request.tags(), token, settings.lease(), early(), waiting);
        long ticket = near == null ? 0 : near.ticket();
        long asked = System.nanoTime();
        return new Reply(question.load(), outage.ask(() -> store.read(question)), asked, ticket);
    }

    private Answer act(Request request, Reply reply, long begun) {
        if (reply.result.isEmpty()) {
            return loadAlone(request, WITHOUT_STORE);
        }
        return switch (reply.result.get()) {
            case Fresh(var entry) -> hit(request, reply, entry);
            case Stale(var entry) -> new Answer.Stale(entry.value());
            case Due(var entry) -> {
                refresh(request, reply);
                yield entry.isFresh() ? new Answer.Hit(entry.value()) : new Answer.Stale(entry.value());
            }
            case Missing missing -> flights.lead(reply.load, () -> load(request, reply, Duration.ZERO));
            case Busy(var token, var endsIn) -> follow(request, new Load(request.key(), token), begun);
        };
    }

    private Answer hit(Request request, Reply reply, StoredEntry entry) {
        if (near != null) {
            // Read anew in time to be loaded early.
            long early = (long) (entry.loadTime().toNanos() * early());
            near.put(
                    reply.ticket,
                    request,
                    entry.value(),
                    reply.asked,
                    entry.freshFor().minusNanos(early));
        }
        return new Answer.Hit(entry.value());
    }

    private Answer load(Request request, Reply reply, Duration pauseIfFailed) {
        var found = loads.load(request, reply.load, pauseIfFailed);
        if (near != null) {
            near.put(reply.ticket, request, found.value(), reply.asked, found.ttl());
        }
        return found.answer();
    }

    private void refresh(Request request, Reply reply) {
        if (!room.tryAcquire()) {
            loads.giveUp(reply.load, Duration.ZERO);
            return;
        }
        try {
            background.execute(() -> {
                try {
                    load(request, reply, PAUSE);
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
            loads.giveUp(reply.load, Duration.ZERO); // closed; the next process will
        }
    }

    private Answer follow(Request request, Load others, long begun) {
        try {
            var answer = flights.join(others, patience(begun), () -> waitForOthers(request, begun));
            return answer == null ? loadAlone(request, others.token()) : answer;
        } catch (InterruptedException e) {
            return interrupted(request);
        }
    }

    private Answer waitForOthers(Request request, long begun) {
        Reply reply;
        try (var waiting = store.await(request.key())) {
            while (true) {
                // Once more after beginning to listen, so that no end falls in between.
                reply = ask(request, true);
                var left = patience(begun);
                if (!(reply.result.orElse(null) instanceof Busy busy)) {
                    break;
                }
                if (left.isZero()) {
                    return loadAlone(request, busy.token());
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
     * @param waitedFor the token of the load that was waited for
     */
    private Answer loadAlone(Request request, String waitedFor) {
        try {
            var key = new Load(request.key(), waitedFor);
            var answer = alone.join(key, settings.patience(), () -> loaded(request));
            return answer == null ? loaded(request) : answer;
        } catch (InterruptedException e) {
            return interrupted(request);
        }
    }

    /** The loader will notice, if it waits for anything. */
    private static Answer interrupted(Request request) {
        Thread.currentThread().interrupt();
        return loaded(request);
    }

    private static Answer loaded(Request request) {
        return new Answer.Loaded(request.load(), false);
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
