package dev.coatcheck.contracts.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.faults.Operation.Outage;
import dev.coatcheck.contracts.faults.Operation.Step;
import dev.coatcheck.contracts.faults.Operation.WithoutStoreException;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.BulkLoader;
import dev.coatcheck.state.limits.Decision.Allowed;
import dev.coatcheck.state.limits.Limit;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every adapter passes on a server of its own that is in trouble. All operations of all its ports are under way at
 * once; each does what it promises for an outage, in bounded time, and does its work again when the trouble is over,
 * without anybody attaching anew.
 *
 * <pre>{@code
 * class RedisFaultsTest extends FaultsContract {
 *     @Override
 *     protected ServerUnderTest server() {
 *         return server;
 *     }
 *
 *     @Override
 *     protected AttachedPorts attach(Relay relay, Duration timeout) {
 *         var redis = Redis.attach(relay.through(server.url()), RedisSettings.defaults().withTimeout(timeout));
 *         return new AttachedPorts(redis)
 *                 .with(redis.sessions(SessionSettings.defaults()))
 *                 .with(redis::limits);
 *     }
 * }
 * }</pre>
 */
public abstract class FaultsContract {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final Duration DELAY = Duration.ofMillis(20);
    private static final Duration QUIET = Duration.ofMillis(150);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    /** Who together ask for more than any queue holds. */
    private static final int CROWD = 200;

    /** As many as travel together. */
    private static final int KEYS_OF_EACH = 64;

    /** A connection that proves dead, the wait for the one in its place, and the time-out on that. */
    private static final Duration BOUND = Duration.ofSeconds(12);

    protected abstract ServerUnderTest server();

    /**
     * Attaches all ports.
     *
     * @param relay the way to the server
     * @param timeout of every kind
     */
    protected abstract AttachedPorts attach(Relay relay, Duration timeout);

    /** How each operation is to end. */
    private interface Expectation {
        void check(Operation operation, Step step) throws Exception;
    }

    @Test
    void killed_in_the_middle_of_each_operation_and_started_again() {
        server().start();
        try (var relay = Relay.to(server().tcpPort());
                var ports = attach(relay, TIMEOUT)) {
            var underWay = prepare(ports);
            var afterwards = prepare(ports);
            relay.holdAnswers();
            all(ports, underWay, FaultsContract::asInOutage, () -> {
                relay.awaitQuiet(QUIET, PATIENCE);
                server().kill();
                relay.cut();
                relay.pass();
            });
            all(ports, afterwards, FaultsContract::asInOutage, () -> {});
            server().start();
            awaitRecovery(ports);
        } finally {
            server().start();
        }
    }

    @Test
    void requests_that_are_lost_with_their_connections() {
        inTrouble(Relay::loseRequests);
    }

    @Test
    void answers_that_are_lost_with_their_connections() {
        inTrouble(Relay::loseAnswers);
    }

    @Test
    void what_was_done_although_its_answer_was_lost_is_not_done_again() {
        server().start();
        var two = Limit.of("two", 2, Duration.ofHours(1)).on(UUID.randomUUID().toString());
        try (var relay = Relay.to(server().tcpPort());
                // The trouble here ends the connections, and is not waited for.
                var ports = attach(relay, TIMEOUT.multipliedBy(10))) {
            assumeTrue(
                    ports.closedLimits().isPresent(), "this resource serves no limits, by which it could be counted");
            var limits = ports.closedLimits().orElseThrow();
            limits.acquire(Limit.of("one", 1, Duration.ofHours(1)).on("connected"));
            relay.loseAnswers();
            assertThatThrownBy(() -> limits.acquire(two)).isInstanceOf(BackingServiceException.class);
            relay.pass();

            await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .untilAsserted(() -> assertThat(limits.acquire(two)).isInstanceOf(Allowed.class));
        }
    }

    @Test
    void a_way_that_is_silent() {
        inTrouble(Relay::fallSilent);
    }

    @Test
    void a_slow_way_changes_nothing() {
        server().start();
        try (var relay = Relay.to(server().tcpPort());
                var ports = attach(relay, TIMEOUT.multipliedBy(10))) {
            relay.delay(DELAY);
            all(ports, prepare(ports), (operation, step) -> step.run(), () -> {});
        }
    }

    @Test
    void however_many_ask_a_slow_server_for_many_keys_at_once_no_session_is_refused() {
        server().start();
        try (var relay = Relay.to(server().tcpPort());
                var ports = attach(relay, TIMEOUT.multipliedBy(20))) {
            assumeTrue(
                    ports.sessions().isPresent() && ports.cache().isPresent(),
                    "this resource has not both sessions and a cache");
            var sessions = ports.sessions().orElseThrow();
            var id = SessionId.random();
            sessions.create(id, Changes.none().put("theme", "1"));
            var cache = ports.cache().orElseThrow();
            var keys = Stream.generate(() -> UUID.randomUUID().toString())
                    .limit(KEYS_OF_EACH)
                    .toList();
            BulkLoader loader = missing -> missing.stream().collect(Collectors.toMap(key -> key, key -> "1"));
            cache.getAll(keys, Duration.ofMinutes(5), loader);
            relay.holdAnswers();
            Together.run(CROWD + 1, i -> {
                if (i < CROWD) {
                    assertThat(cache.getAll(keys, Duration.ofMinutes(5), loader).values())
                            .hasSize(keys.size())
                            .containsOnly(new Hit(Optional.of("1")));
                    return;
                }
                relay.awaitQuiet(QUIET, PATIENCE);
                var found = new FutureTask<>(() -> sessions.find(id));
                Thread.ofPlatform().daemon().name("visitor").start(found);
                await().during(QUIET).atMost(PATIENCE).until(() -> !found.isDone());
                relay.pass();
                assertThat(found.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isPresent();
            });
        }
    }

    @Test
    void full() {
        server().start();
        try (var relay = Relay.to(server().tcpPort());
                var ports = attach(relay, TIMEOUT.multipliedBy(10))) {
            var prepared = prepare(ports);
            try {
                server().fill();
                all(ports, prepared, FaultsContract::asWithoutRoom, () -> {});
            } finally {
                server().makeRoom();
            }
            awaitRecovery(ports);
        }
    }

    private interface Trouble {
        void on(Relay relay);
    }

    private void inTrouble(Trouble trouble) {
        server().start();
        try (var relay = Relay.to(server().tcpPort());
                var ports = attach(relay, TIMEOUT)) {
            var prepared = prepare(ports);
            trouble.on(relay);
            all(ports, prepared, FaultsContract::asInOutage, () -> {});
            relay.pass();
            awaitRecovery(ports);
        }
    }

    private static List<Step> prepare(AttachedPorts ports) {
        var steps = new ArrayList<Step>();
        for (var operation : ports.operations()) {
            // The time-out is for the trouble that comes, not for a machine that is busy before.
            steps.add(await("preparation of " + operation.name())
                    .pollDelay(Duration.ZERO)
                    .atMost(PATIENCE)
                    .ignoreExceptionsMatching(e -> e instanceof BackingServiceException || e instanceof AssertionError)
                    .until(() -> operation.preparation().prepare(), Objects::nonNull));
        }
        return steps;
    }

    /** Does all of it at the same time, and something else once it has begun. */
    private static void all(AttachedPorts ports, List<Step> steps, Expectation expectation, Runnable meanwhile) {
        var operations = ports.operations();
        var notBegun = new CountDownLatch(steps.size());
        Together.run(steps.size() + 1, i -> {
            if (i == steps.size()) {
                notBegun.await();
                meanwhile.run();
                return;
            }
            notBegun.countDown();
            var name = operations.get(i).name();
            long begun = System.nanoTime();
            try {
                expectation.check(operations.get(i), steps.get(i));
            } catch (Exception | AssertionError e) {
                throw new AssertionError(name + ": " + e.getMessage(), e);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).as(name).isLessThan(BOUND);
        });
    }

    private static void asInOutage(Operation operation, Step step) throws Exception {
        switch (operation.outage()) {
            case ANSWERS -> step.run();
            case GOES_WITHOUT -> {
                try {
                    step.run();
                } catch (WithoutStoreException e) {
                    // As promised.
                }
            }
            case FAILS ->
                assertThatThrownBy(step::run)
                        .isInstanceOf(BackingServiceException.class)
                        .hasMessageStartingWith("Could not ");
        }
    }

    private static void asWithoutRoom(Operation operation, Step step) throws Exception {
        switch (operation.room()) {
            // A cache leaves a store alone for a moment that had no room for its neighbour.
            case NONE ->
                await().atMost(BOUND)
                        .ignoreException(WithoutStoreException.class)
                        .until(() -> {
                            step.run();
                            return true;
                        });
            case MUCH -> asInOutage(operation, step);
            case SOME -> {
                try {
                    step.run();
                } catch (BackingServiceException e) {
                    assertThat(operation.outage()).isEqualTo(Outage.FAILS);
                } catch (WithoutStoreException e) {
                    assertThat(operation.outage()).isEqualTo(Outage.GOES_WITHOUT);
                }
            }
        }
    }

    private static void awaitRecovery(AttachedPorts ports) {
        var operations = ports.operations();
        Together.run(
                operations.size(),
                i -> await(operations.get(i).name())
                        .atMost(PATIENCE)
                        .ignoreExceptions()
                        .untilAsserted(
                                () -> operations.get(i).preparation().prepare().run()));
    }
}
