package dev.coatcheck.memcached;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import dev.coatcheck.state.sessions.WholeSession;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is Memcached's own about sessions: eviction, stored formats, cost. */
class MemcachedSessionsTest {
    private final TestMemcached store = TestMemcached.fresh();
    private final Sessions sessions = store.memcached().sessions(SessionSettings.defaults());

    @AfterEach
    void detach() {
        store.close();
    }

    @Test
    void a_session_that_was_evicted_is_gone_and_is_not_brought_back_by_a_late_save() {
        var id = create(Changes.none().put("theme", "1"));

        store.evict("session:" + id.handle());

        assertThat(sessions.find(id)).isEmpty();
        assertThat(sessions.save(id, Changes.none().put("theme", "2"))).isEqualTo(new Gone());
        sessions.destroy(id);
        assertThat(store.holds("session:" + id.handle())).isFalse();
    }

    @Test
    void what_was_destroyed_leaves_nothing_behind() {
        var id = create(Changes.none());
        assertThat(store.holds("session:" + id.handle())).isTrue();

        sessions.destroy(id);

        assertThat(store.holds("session:" + id.handle())).isFalse();
    }

    @Test
    void each_operation_costs_as_many_round_trips_as_it_says() {
        var id = SessionId.random();
        costs(0, 1, () -> sessions.create(id, Changes.none().user("ada").put("theme", "1")));
        costs(1, 0, () -> sessions.find(id));
        costs(1, 1, () -> sessions.save(id, Changes.none().put("theme", "2").remove("basket")));
        costs(1, 1, () -> sessions.save(id, Changes.none().rotate()));
        var other = create(Changes.none());
        costs(1, 1, () -> {
            sessions.destroy(other);
            return other;
        });
        costs(1, 0, () -> sessions.save(SessionId.random(), Changes.none()));
    }

    @Test
    void moving_the_end_of_a_session_is_one_write_that_nobody_waits_for() {
        var brief = store.memcached().sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(10)));
        var id = SessionId.random();
        brief.create(id, Changes.none());
        var seen = brief.find(id).orElseThrow().lastSeenAt();
        long writes = store.statistic("cmd_set");

        await().atMost(Duration.ofSeconds(8))
                .until(() -> brief.find(id).orElseThrow().lastSeenAt().isAfter(seen));
        var moved = brief.find(id).orElseThrow().lastSeenAt();

        assertThat(moved).isAfterOrEqualTo(seen.plusSeconds(1));
        assertThat(store.statistic("cmd_set")).isEqualTo(writes + 1);
    }

    @Test
    void what_an_earlier_release_wrote_is_read_changed_and_ended() {
        var id = SessionId.random();
        var begun = WholeSession.begin(id, Changes.none().put("theme", "1"), Instant.now(), SessionSettings.defaults());
        store.store("session:" + id.handle(), begun.session().toBytes());

        assertThat(sessions.find(id).orElseThrow().attributes()).containsOnlyKeys("theme");
        assertThat(sessions.save(id, Changes.none().putIfUnchanged("theme", "2", 1)))
                .isEqualTo(new Saved(id));
        sessions.destroy(id);
        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    void a_session_that_a_newer_release_wrote_is_an_error_and_no_missing_session_and_can_be_ended() {
        var id = SessionId.random();
        var bytes = WholeSession.begin(id, Changes.none(), Instant.now(), SessionSettings.defaults())
                .session()
                .toBytes();
        bytes[0]++;
        store.store("session:" + id.handle(), bytes);

        assertThatThrownBy(() -> sessions.find(id))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("newer release");
        assertThatThrownBy(() -> sessions.save(id, Changes.none())).isInstanceOf(BackingServiceException.class);
        sessions.destroy(id.rotated());
        assertThatThrownBy(() -> sessions.find(id)).isInstanceOf(BackingServiceException.class);
        sessions.destroy(id);
        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    void what_is_no_session_is_an_error_that_says_so() {
        var id = SessionId.random();
        store.store("session:" + id.handle(), "hello".getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> sessions.find(id))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("is no session");
        assertThatThrownBy(() -> sessions.destroy(id)).isInstanceOf(BackingServiceException.class);
    }

    @Test
    void what_the_server_refuses_to_take_is_an_error_and_the_next_request_is_answered_rightly() {
        var large = store.memcached().sessions(SessionSettings.defaults().withMaxBytes(10_000_000));
        var id = create(Changes.none().put("theme", "1"));

        assertThatThrownBy(() -> large.create(SessionId.random(), Changes.none().put("a", "x".repeat(2_000_000))))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("too large");

        assertThat(sessions.find(id).orElseThrow().attributes()).containsOnlyKeys("theme");
    }

    @Test
    void the_handle_of_another_session_is_refused_for_a_new_one() {
        var id = create(Changes.none());

        assertThatThrownBy(() -> sessions.create(id.rotated(), Changes.none()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void two_applications_share_a_server_by_their_prefixes() {
        var id = create(Changes.none());
        try (var other = Memcached.attach(store.url(), store.settings().withPrefix("other:"))) {
            assertThat(other.sessions(SessionSettings.defaults()).find(id)).isEmpty();
        }
        for (var prefix : new String[] {"a b", "a\r\nflush_all\r\n", "é", "x".repeat(101)}) {
            assertThatThrownBy(() -> store.settings().withPrefix(prefix)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void the_server_may_drop_a_session_after_its_end_and_never_before() {
        var now = Instant.parse("2026-11-21T12:00:00Z");
        var settings = SessionSettings.defaults().withAbsoluteTimeout(Duration.ofDays(36_500));

        assertThat(expiry(now, settings)).isEqualTo(30 * 60 + 3);
        assertThat(expiry(now, settings.withIdleTimeout(Duration.ofDays(60))))
                .as("further away than a number of seconds may say")
                .isEqualTo(now.plus(Duration.ofDays(60)).getEpochSecond() + 3);
        assertThat(expiry(now, settings.withIdleTimeout(Duration.ofDays(36_500))))
                .as("further away than a moment may say")
                .isZero();
    }

    private static long expiry(Instant now, SessionSettings settings) {
        var session = WholeSession.begin(SessionId.random(), Changes.none(), now, settings)
                .session();
        return MemcachedSessions.expiry(session, now);
    }

    private void costs(int reads, int writes, Callable<?> action) {
        long readsBefore = store.statistic("cmd_get");
        long writesBefore = store.statistic("cmd_set");
        try {
            action.call();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        assertThat(store.statistic("cmd_get") - readsBefore).as("reads").isEqualTo(reads);
        assertThat(store.statistic("cmd_set") - writesBefore).as("writes").isEqualTo(writes);
    }

    private SessionId create(Changes changes) {
        var id = SessionId.random();
        assertThat(sessions.create(id, changes)).isEqualTo(new Saved(id));
        return id;
    }
}
