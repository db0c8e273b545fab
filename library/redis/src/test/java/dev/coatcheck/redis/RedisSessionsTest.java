package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Attribute;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is Redis's own about sessions: the index beside them, stored formats, memory. */
class RedisSessionsTest {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private final Sessions sessions = store.redis().sessions(SessionSettings.defaults());

    @Test
    void an_index_that_was_lost_comes_back_when_its_sessions_are_used() {
        var brief = store.redis().sessions(SessionSettings.defaults().withIdleTimeout(Duration.ofSeconds(10)));
        var id = create(brief, Changes.none().user("ada"));
        store.besides().del("coatcheck:sessions-of:ada");
        assertThat(brief.devices("ada")).isEmpty();

        await().atMost(Duration.ofSeconds(8)).untilAsserted(() -> {
            brief.find(id);
            assertThat(brief.devices("ada")).extracting(Device::handle).containsExactly(id.handle());
        });
    }

    @Test
    void what_the_index_names_in_vain_is_pruned_unless_it_was_mentioned_a_moment_ago() {
        var id = create(sessions, Changes.none().user("ada"));
        double now = System.currentTimeMillis();
        store.besides()
                .zadd("coatcheck:sessions-of:ada", now, SessionId.random().handle());
        var longAgo = SessionId.random().handle();
        store.besides().zadd("coatcheck:sessions-of:ada", now - 2 * UserIndex.PENDING, longAgo);

        assertThat(sessions.devices("ada")).extracting(Device::handle).containsExactly(id.handle());

        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(store.besides().zrange("coatcheck:sessions-of:ada", 0, -1))
                        .hasSize(2)
                        .contains(id.handle())
                        .doesNotContain(longAgo));
    }

    @Test
    void who_prunes_late_does_not_drop_what_was_mentioned_since() {
        try (var connection = Connection.open(RedisUrl.parse(store.url()), Duration.ofSeconds(20))) {
            var index =
                    new UserIndex(connection, "coatcheck:", Duration.ofDays(14).toMillis());
            double longAgo = System.currentTimeMillis() - 2 * UserIndex.PENDING;
            store.besides().zadd("coatcheck:sessions-of:ada", longAgo, "back again");
            store.besides().zadd("coatcheck:sessions-of:ada", longAgo, "gone");
            var listed = index.list("list", "ada");
            index.mention("log in", "ada", "back again");

            index.prune("ada", listed, Set.of());

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> index.list("list", "ada").handles().equals(List.of("back again")));
        }
    }

    @Test
    void the_index_of_somebody_who_never_looks_at_it_stays_small() {
        double longAgo = System.currentTimeMillis() - Duration.ofDays(15).toMillis();
        for (int i = 0; i < 20; i++) {
            store.besides()
                    .zadd(
                            "coatcheck:sessions-of:ada",
                            longAgo,
                            SessionId.random().handle());
        }

        create(sessions, Changes.none().user("ada"));

        assertThat(store.besides().zcard("coatcheck:sessions-of:ada")).isEqualTo(1);
        assertThat(store.besides().pttl("coatcheck:sessions-of:ada")).isPositive();
    }

    @Test
    void a_log_in_that_was_held_up_after_it_told_the_index_does_not_take_effect() {
        var id = create(sessions, Changes.none());
        long tooLongAgo = System.currentTimeMillis() - UserIndex.LETS_KNOW - 1;
        var arguments = SaveArguments.of(
                "save",
                id,
                Changes.none().user("ada"),
                Optional.empty(),
                SessionSettings.defaults(),
                OptionalLong.of(tooLongAgo));

        try (var connection = Connection.open(RedisUrl.parse(store.url()), Duration.ofSeconds(20))) {
            var key = "coatcheck:session:" + id.handle();
            assertThat(connection.await("save", connection.run(RedisSessions.SAVE, List.of(key), arguments)))
                    .containsExactly("stale");
        }

        assertThat(sessions.find(id).orElseThrow().user()).isEmpty();
    }

    @Test
    void a_user_with_thousands_of_sessions_logs_out_everywhere() {
        var handles = IntStream.range(0, 2_500)
                .mapToObj(i -> create(sessions, Changes.none().user("ada")))
                .toList();

        assertThat(sessions.devices("ada")).hasSize(handles.size());
        assertThat(sessions.revokeAll("ada")).isEqualTo(handles.size());
        assertThat(sessions.devices("ada")).isEmpty();
        store.redis().ping();
        assertThat(store.besides().keys("*")).isEmpty();
    }

    @Test
    void everything_that_is_stored_ends_by_itself() {
        create(sessions, Changes.none().user("ada").put("theme", "1"));

        var keys = store.besides().keys("*");

        assertThat(keys)
                .hasSize(2)
                .allSatisfy(key -> assertThat(store.besides().pttl(key))
                        .isBetween(1L, Duration.ofDays(15).toMillis()));
    }

    @Test
    void what_was_before_a_rotation_is_dropped_by_the_next_write_after_the_grace() {
        var brief = store.redis().sessions(SessionSettings.defaults().withRotationGrace(Duration.ofMillis(200)));
        var old = create(brief, Changes.none().put("theme", "\"before\""));
        var id = ((Saved)
                        brief.save(old, Changes.none().put("theme", "\"after\"").rotate()))
                .id();
        assertThat(store.dump()).contains("before");

        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            brief.save(id, Changes.none());
            assertThat(store.dump()).doesNotContain("before").contains("after");
        });
    }

    @Test
    void a_session_that_a_newer_release_wrote_is_an_error_and_no_missing_session_and_can_be_ended() {
        var read = create(sessions, Changes.none().user("ada").put("theme", "1"));
        var revoked = create(sessions, Changes.none().user("ada"));
        for (var id : List.of(read, revoked)) {
            store.besides().hset("coatcheck:session:" + id.handle(), "f", "2");
        }

        assertThatThrownBy(() -> sessions.find(read))
                .isInstanceOf(BackingServiceException.class)
                .hasMessageContaining("newer release");
        assertThatThrownBy(() -> sessions.save(read, Changes.none().put("theme", "2")))
                .isInstanceOf(BackingServiceException.class);
        assertThatThrownBy(() -> sessions.devices("ada")).isInstanceOf(BackingServiceException.class);
        assertThat(sessions.revoke("ada", revoked.handle())).isTrue();
        sessions.destroy(read);
        assertThat(store.besides().keys("coatcheck:session:*")).isEmpty();
    }

    @Test
    void what_an_earlier_release_wrote_is_read_changed_and_ended() {
        var id = SessionId.random();
        var old = id.rotated();
        var key = "coatcheck:session:" + id.handle();
        // Format 1 as the first release wrote it, in 2026 and to last for a century. It stays as it is.
        store.besides()
                .hset(
                        key,
                        Map.ofEntries(
                                Map.entry("f", "1"),
                                Map.entry("h", id.secretHash()),
                                Map.entry("u", "ada"),
                                Map.entry("l", "Firefox on Linux"),
                                Map.entry("c", "1795262400123"),
                                Map.entry("s", "1795262800123"),
                                Map.entry("i", "3153600000000"),
                                Map.entry("n", "7"),
                                Map.entry("b", "11"),
                                Map.entry("o", old.secretHash()),
                                Map.entry("e", "4102444800000"),
                                Map.entry("a:theme", "7:\"dark\"")));
        // user guest, seen at 1795262600123, idle time-out 3153600000000, theme 3:"light"
        store.put(
                key,
                "p",
                HexFormat.of()
                        .parseHex("84a475736572a56775657374a47365656ecf000001a1fdfd53bba469646c65cf000002de41353000"
                                + "aa6174747269627574657392a57468656d65a9333a226c6967687422"));
        store.besides().zadd("coatcheck:sessions-of:ada", 1795262800123d, id.handle());
        var lasting = store.redis().sessions(SessionSettings.defaults().withAbsoluteTimeout(Duration.ofDays(36_500)));

        var session = lasting.find(id).orElseThrow();
        assertThat(session.user()).contains("ada");
        assertThat(session.createdAt()).isEqualTo(Instant.ofEpochMilli(1795262400123L));
        assertThat(session.idleTimeout()).isEqualTo(Duration.ofDays(36_500));
        assertThat(session.attributes()).isEqualTo(Map.of("theme", new Attribute("\"dark\"", 7)));
        var before = lasting.find(old).orElseThrow();
        assertThat(before.superseded()).isTrue();
        assertThat(before.user()).contains("guest");
        assertThat(before.attributes()).isEqualTo(Map.of("theme", new Attribute("\"light\"", 3)));
        assertThat(lasting.save(id, Changes.none().putIfUnchanged("theme", "1", 7)))
                .isEqualTo(new Saved(id));
        assertThat(lasting.devices("ada")).extracting(Device::label).containsExactly(Optional.of("Firefox on Linux"));
        assertThat(lasting.revokeAll("ada")).isEqualTo(1);
    }

    @Test
    void the_handle_of_another_session_is_refused_for_a_new_one() {
        var id = create(sessions, Changes.none());

        assertThatThrownBy(() -> sessions.create(id.rotated(), Changes.none()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void two_applications_share_a_server_by_their_prefixes() {
        var id = create(sessions, Changes.none().user("ada"));
        try (var other = Redis.attach(store.url(), TestRedis.PATIENT.withPrefix("other:"))) {
            var others = other.sessions(SessionSettings.defaults());

            assertThat(others.find(id)).isEmpty();
            assertThat(others.revokeAll("ada")).isZero();
        }
        assertThat(sessions.find(id)).isPresent();
    }

    private static SessionId create(Sessions sessions, Changes changes) {
        var id = SessionId.random();
        sessions.create(id, changes);
        return id;
    }
}
