package dev.coatcheck.servlet;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.servlet.Faces.Ask;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What clients see while the store is away, silent, slow or full, and that all is well when the store is. */
@ParameterizedClass(name = "{0} behind {1}")
@MethodSource("dev.coatcheck.servlet.Store#behindContainers")
class StoreInTroubleTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    /** No more than a container has threads for, so that none waits for another. */
    private static final int CLIENTS = 12;
    /** A connection that proves dead, the wait for the one in its place, and the time-out on that. */
    private static final Duration BOUND = Duration.ofSeconds(12);

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Map<Store, OwnServer> SERVERS = new EnumMap<>(Store.class);

    @TempDir
    static Path folder = Path.of("unset");

    @Parameter(0)
    Store store = Store.REDIS;

    @Parameter(1)
    Container container = Container.JETTY;

    private final Visitor known = new Visitor();
    private @Nullable Relay relay;
    private @Nullable Faces faces;

    @BeforeEach
    void start() {
        store.require();
        var server = server();
        server.process().start();
        var way = Relay.to(server.process().tcpPort());
        relay = way;
        faces = Faces.start(container, store.attach(way.through(server.process().url()), TIMEOUT));
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            known.get(faces().server(), "/login");
            faces().asks(known).forEach(StoreInTroubleTest::isServed);
        });
    }

    @AfterEach
    void stop() {
        if (faces != null) {
            await().atMost(PATIENCE).until(() -> faces().inFlight() == 0); // no thread of the container is held up
            faces().close();
        }
        if (relay != null) {
            relay.close();
        }
    }

    @AfterAll
    static void endServers() {
        SERVERS.values().forEach(OwnServer::close);
        SERVERS.clear();
    }

    private OwnServer server() {
        return SERVERS.computeIfAbsent(store, missing -> OwnServer.start(missing, folder));
    }

    private Relay relay() {
        return requireNonNull(relay);
    }

    private Faces faces() {
        return requireNonNull(faces);
    }

    @Test
    void a_store_that_is_killed_in_the_middle_of_requests_is_a_503_until_it_is_back() {
        int before = faces().payments();
        relay().holdAnswers();
        allAreRefused(() -> {
            relay().awaitQuiet(Duration.ofMillis(150), PATIENCE);
            server().process().kill();
            relay().cut();
            relay().pass();
        });
        allAreRefused(() -> {});
        assertThat(faces().payments()).as("what could not be remembered").isEqualTo(before);
        whatNeedsNoStoreIsServed();

        server().process().start();
        allAreServedAgain();
    }

    @Test
    void a_store_that_is_silent_is_a_503_until_it_speaks_again() {
        relay().fallSilent();
        allAreRefused(() -> {});
        whatNeedsNoStoreIsServed();

        relay().pass();
        allAreServedAgain();
    }

    @Test
    void a_store_that_is_slow_makes_answers_slow_and_nothing_else() {
        // With more time than in trouble: a busy machine is slow too.
        var patient = store.attach(relay().through(server().process().url()), PATIENCE);
        try (var slow = Faces.start(container, patient)) {
            relay().delay(Duration.ofMillis(20));
            var asks = slow.asks(known);
            Together.run(CLIENTS, i -> isServed(asks.get(i % asks.size())));
        }
    }

    @Test
    void a_store_that_is_full_is_a_503_for_what_is_to_be_kept_and_for_nothing_else() {
        var asks = faces().asks(known);
        try {
            server().fill();
            isServed(asks.getFirst()); // which only reads
            asks.subList(1, asks.size()).forEach(this::isRefusedBeforeLong);
            whatNeedsNoStoreIsServed();
            isServed(asks.getFirst());
        } finally {
            server().makeRoom();
        }
        allAreServedAgain();
    }

    /** All faces are asked at the same time. */
    private void allAreRefused(Runnable meanwhile) {
        var asks = faces().asks(known);
        Together.run(CLIENTS + 1, i -> {
            if (i == CLIENTS) {
                meanwhile.run();
                return;
            }
            var ask = asks.get(i % asks.size());
            long begun = System.nanoTime();
            isRefused(ask, ask.send().get());
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as(ask.what())
                    .isLessThan(BOUND);
        });
    }

    private static void isRefused(Ask ask, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(ask.what()).isEqualTo(503);
        assertThat(answer.body()).as(ask.what()).contains("\"error\":\"" + ask.refusal() + "\"");
        assertThat(answer.headers().firstValue("Retry-After")).as(ask.what()).contains("2");
        assertThat(answer.headers().allValues("Set-Cookie")).as(ask.what()).isEmpty();
    }

    private static void isServed(Ask ask) {
        assertThat(ask.send().get().statusCode()).as(ask.what()).isIn(200, 302);
    }

    /** A store that is full may have some room left, where it keeps things of this kind. */
    private void isRefusedBeforeLong(Ask ask) {
        for (int i = 0; i < 1_000; i++) {
            var answer = ask.send().get();
            if (answer.statusCode() != 200 && answer.statusCode() != 302) {
                isRefused(ask, answer);
                return;
            }
        }
        throw new AssertionError("a store that is full still has room for somebody who asks " + ask.what());
    }

    private void whatNeedsNoStoreIsServed() {
        faces().asksWithoutStore().forEach(ask -> assertThat(ask.get().body()).isEqualTo("plain"));
    }

    /** By the same application: nobody starts it again. */
    private void allAreServedAgain() {
        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            // A cache that was restarted has forgotten who it was: that is a log-in, and no error.
            assertThat(known.get(faces().server(), "/me").statusCode()).isIn(200, 401);
            if (store == Store.MEMCACHED) {
                known.get(faces().server(), "/login");
            }
            faces().asks(known).forEach(StoreInTroubleTest::isServed);
        });
    }
}
