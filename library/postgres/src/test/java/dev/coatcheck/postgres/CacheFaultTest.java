package dev.coatcheck.postgres;

import static dev.coatcheck.postgres.FaultyServer.PATIENCE;
import static dev.coatcheck.postgres.FaultyServer.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.Answer.Hit;
import dev.coatcheck.state.cache.Answer.Loaded;
import dev.coatcheck.state.cache.CacheSettings;
import dev.coatcheck.state.cache.NearSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The server is killed, falls silent, or cuts its connections while a cache is on it. */
class CacheFaultTest {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration STALENESS = Duration.ofSeconds(1);
    private static final CacheSettings ALBUMS =
            CacheSettings.named("albums").withBeta(0).withJitter(0);
    private static final CacheSettings NEAR =
            ALBUMS.withNear(NearSettings.defaults().withStaleness(STALENESS));

    @TempDir
    static Path folder;

    @RegisterExtension
    static final FaultyServer server = new FaultyServer(() -> folder);

    private Postgres postgres;
    private Postgres direct;

    @BeforeEach
    void attach() {
        postgres = server.postgres();
        direct = Postgres.attach(server.directUrl(), SETTINGS);
    }

    @AfterEach
    void detach() {
        direct.close();
    }

    @Test
    void a_server_that_was_killed_begins_with_an_empty_cache_and_meanwhile_everything_is_loaded() {
        try (var cache = postgres.cache(ALBUMS)) {
            cache.get("42", Set.of("user:7"), LONG, () -> Optional.of("1"));
            assertThat(cache.get("42", Set.of("user:7"), LONG, () -> {
                        throw new AssertionError("loaded");
                    }))
                    .isEqualTo(new Hit(Optional.of("1")));

            server.kill();
            assertThat(cache.get("42", Set.of("user:7"), LONG, () -> Optional.of("2")))
                    .isEqualTo(new Loaded(Optional.of("2"), false));
            assertThatThrownBy(() -> cache.invalidate("42")).isInstanceOf(BackingServiceException.class);

            server.start();
            await().atMost(PATIENCE)
                    .until(() -> cache.get("42", Set.of("user:7"), LONG, () -> Optional.of("3"))
                            .equals(new Hit(Optional.of("3"))));
        }
    }

    @Test
    void a_server_that_is_killed_while_something_is_loaded_costs_the_entry_and_not_the_answer() {
        try (var cache = postgres.cache(ALBUMS)) {
            assertThat(cache.get("42", LONG, () -> {
                        server.kill();
                        return Optional.of("1");
                    }))
                    .isEqualTo(new Loaded(Optional.of("1"), false));
        }
    }

    @Test
    void a_server_that_is_silent_does_not_hold_up_every_request() {
        try (var cache = postgres.cache(ALBUMS)) {
            cache.get("42", LONG, () -> Optional.of("1"));
            server.relay().fallSilent();
            long silent = System.nanoTime();

            for (int i = 0; i < 100; i++) {
                assertThat(cache.get("42", LONG, () -> Optional.of("2")).value())
                        .contains("2");
            }

            assertThat(Duration.ofNanos(System.nanoTime() - silent)).isLessThan(Duration.ofSeconds(15));
            server.relay().pass();
            await().atMost(PATIENCE)
                    .until(() -> cache.get("42", LONG, () -> Optional.of("2")).equals(new Hit(Optional.of("1"))));
        }
    }

    @Test
    void what_is_near_is_not_served_for_longer_than_was_promised_when_the_connection_was_lost() {
        try (var near = postgres.cache(NEAR);
                var far = direct.cache(ALBUMS)) {
            for (int i = 0; i < 4; i++) {
                var value = "" + i;
                far.invalidate("42");
                far.get("42", LONG, () -> Optional.of(value));
                awaitNear(() -> near.get("42", LONG, () -> Optional.of(value)).equals(new Hit(Optional.of(value))));
                if (i % 2 == 0) {
                    server.relay().cut();
                } else {
                    server.relay().fallSilent();
                }
                far.invalidate("42");
                long invalidated = System.nanoTime();

                await().atMost(PATIENCE)
                        .pollInterval(Duration.ofMillis(10))
                        .until(() -> near.get("42", LONG, () -> Optional.of("new"))
                                .value()
                                .equals(Optional.of("new")));
                assertThat(Duration.ofNanos(System.nanoTime() - invalidated))
                        .as("and the request that found out")
                        .isLessThan(STALENESS.plusSeconds(6));
                server.relay().pass();
            }
        }
    }

    @Test
    void a_restart_of_the_server_empties_what_is_near_and_it_fills_again() {
        try (var near = postgres.cache(NEAR)) {
            near.get("42", LONG, () -> Optional.of("1"));
            awaitNear(() -> near.get("42", LONG, () -> Optional.of("1")).equals(new Hit(Optional.of("1"))));

            server.kill();
            await().atMost(PATIENCE)
                    .until(() ->
                            near.get("42", LONG, () -> Optional.of("2")).equals(new Loaded(Optional.of("2"), false)));
            server.start();

            awaitNear(() -> near.get("42", LONG, () -> Optional.of("3")).equals(new Hit(Optional.of("3"))));
        }
    }

    /** Until it costs no round trip, but for beats. */
    private void awaitNear(BooleanSupplier isThere) {
        await().atMost(PATIENCE).until(() -> {
            int before = server.relay().trips();
            for (int i = 0; i < 100; i++) {
                if (!isThere.getAsBoolean()) {
                    return false;
                }
            }
            return server.relay().trips() - before < 50;
        });
    }
}
