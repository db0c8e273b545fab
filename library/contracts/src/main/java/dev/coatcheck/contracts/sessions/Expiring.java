package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * A session ends when nobody reads it for long enough, and in any case at its absolute end. The store's clock can't be
 * moved, so these time-outs are short and the margins wide.
 */
interface Expiring extends SessionsUnderTest {

    @Test
    default void a_session_that_nobody_reads_ends() {
        var sessions = sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(1)));
        var id = newSession(sessions, Changes.none().user("ada"));

        // Each look is further apart than the time-out, because looking keeps a session alive.
        await().pollDelay(Duration.ofMillis(1_500))
                .pollInterval(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> sessions.find(id).isEmpty());

        assertThat(sessions.save(id, Changes.none().put("theme", "1"))).isEqualTo(new Gone());
        if (can(SessionCapability.DEVICES)) {
            assertThat(sessions.devices("ada")).isEmpty();
            assertThat(sessions.revokeAll("ada")).isZero();
        }
    }

    @Test
    default void reading_a_session_keeps_it_alive() {
        var sessions = sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(5)));
        var id = newSession(sessions, Changes.none());
        var wouldHaveEnded = find(sessions, id).expiresAt().plusMillis(500);

        await().pollInterval(Duration.ofMillis(100))
                .atMost(Duration.ofSeconds(20))
                .until(() -> find(sessions, id).lastSeenAt().isAfter(wouldHaveEnded));
    }

    @Test
    default void saving_moves_the_end_of_a_session() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());
        var created = find(sessions, id);

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            save(sessions, id, Changes.none());
            var saved = find(sessions, id);
            assertThat(saved.lastSeenAt()).isAfter(created.lastSeenAt());
            assertThat(saved.expiresAt()).isEqualTo(saved.lastSeenAt().plus(saved.idleTimeout()));
        });
    }

    @Test
    default void a_read_moves_the_end_only_once_a_tenth_of_the_idle_time_out_has_passed() {
        var sessions = sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(20)));
        var id = newSession(sessions, Changes.none());
        var created = find(sessions, id);

        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(15))
                .until(() -> find(sessions, id).lastSeenAt().isAfter(created.lastSeenAt()));

        var moved = find(sessions, id);
        assertThat(moved.lastSeenAt()).isAfterOrEqualTo(created.lastSeenAt().plusSeconds(2));
        assertThat(moved.expiresAt()).isEqualTo(moved.lastSeenAt().plusSeconds(20));
    }

    @Test
    default void the_absolute_time_out_ends_a_session_however_often_it_is_read_and_saved() {
        var sessions = sessions(SessionSettings.defaults()
                .withIdleTimeout(Duration.ofSeconds(60))
                .withAbsoluteTimeout(Duration.ofSeconds(4)));
        var id = newSession(sessions, Changes.none());
        var created = find(sessions, id);

        assertThat(created.expiresAt()).isEqualTo(created.createdAt().plusSeconds(4));
        await().pollInterval(Duration.ofMillis(50))
                .atMost(Duration.ofSeconds(20))
                .until(() -> sessions.save(id, Changes.none()).equals(new Gone())
                        && sessions.find(id).isEmpty());
    }

    @Test
    default void a_session_may_have_an_idle_time_out_of_its_own() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        save(sessions, id, Changes.none().idleTimeout(Duration.ofDays(7)));
        var remembered = find(sessions, id);
        assertThat(remembered.idleTimeout()).isEqualTo(Duration.ofDays(7));
        assertThat(remembered.expiresAt()).isEqualTo(remembered.lastSeenAt().plus(Duration.ofDays(7)));

        save(sessions, id, Changes.none().idleTimeout(Duration.ofDays(99)));
        assertThat(find(sessions, id).expiresAt())
                .as("the absolute time-out stays")
                .isEqualTo(
                        remembered.createdAt().plus(SessionSettings.defaults().absoluteTimeout()));

        save(sessions, id, Changes.none().idleTimeout(Duration.ofSeconds(1)));
        await().pollDelay(Duration.ofMillis(1_500))
                .pollInterval(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> sessions.find(id).isEmpty());
    }
}
