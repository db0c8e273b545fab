package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is saved is found, all of it, by the one who has the id and by nobody else. */
interface Saving extends SessionsUnderTest {

    @Test
    default void a_session_that_was_created_is_found_with_all_it_holds() {
        var sessions = sessions();
        var id = newSession(
                sessions,
                Changes.none()
                        .user("ada@example.org")
                        .label("Firefox on Linux")
                        .idleTimeout(Duration.ofMinutes(5))
                        .put("theme", "\"dark\"")
                        .put("basket", "[1,2,3]"));

        var session = find(sessions, id);

        assertThat(session.id()).isEqualTo(id);
        assertThat(session.user()).contains("ada@example.org");
        assertThat(session.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(session.lastSeenAt()).isEqualTo(session.createdAt());
        assertThat(session.expiresAt()).isEqualTo(session.createdAt().plus(Duration.ofMinutes(5)));
        assertThat(session.superseded()).isFalse();
        assertThat(session.attributes()).containsOnlyKeys("theme", "basket");
        assertThat(json(session, "theme")).isEqualTo("\"dark\"");
        assertThat(json(session, "basket")).isEqualTo("[1,2,3]");
        assertThat(session.attributes().values())
                .allSatisfy(attribute -> assertThat(attribute.version()).isPositive());
    }

    @Test
    default void a_session_that_holds_nothing_is_a_session() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        assertThat(find(sessions, id).attributes()).isEmpty();
        assertThat(find(sessions, id).user()).isEmpty();
    }

    @Test
    default void nothing_is_found_by_an_id_that_nobody_created() {
        assertThat(sessions().find(SessionId.random())).isEmpty();
    }

    @Test
    default void another_secret_with_the_right_handle_opens_changes_and_ends_nothing() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "\"dark\""));
        var forged = id.rotated();

        assertThat(sessions.find(forged)).isEmpty();
        assertThat(sessions.save(forged, Changes.none().put("theme", "\"stolen\"")))
                .isEqualTo(new Gone());
        sessions.destroy(forged);

        assertThat(json(find(sessions, id), "theme")).isEqualTo("\"dark\"");
    }

    @Test
    default void what_the_store_holds_opens_no_session() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().user("ada").put("theme", "\"dark\""));
        var rotated = save(sessions, id, Changes.none().rotate());

        assertThat(dump()).contains(id.handle()).doesNotContain(id.secret()).doesNotContain(rotated.secret());
        assertThat(sessions.find(new SessionId(rotated.handle(), rotated.secretHash())))
                .as("found by the hash of its secret")
                .isEmpty();
    }

    @Test
    default void creating_a_session_again_with_the_same_id_changes_nothing() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "\"dark\""));
        save(sessions, id, Changes.none().put("theme", "\"light\""));

        assertThat(sessions.create(id, Changes.none().put("theme", "\"dark\""))).isEqualTo(new Saved(id));

        assertThat(json(find(sessions, id), "theme")).isEqualTo("\"light\"");
    }

    @Test
    default void a_save_changes_only_what_it_names() {
        var sessions = sessions();
        var id = newSession(
                sessions,
                Changes.none()
                        .user("ada")
                        .idleTimeout(Duration.ofMinutes(5))
                        .put("theme", "1")
                        .put("basket", "2"));
        var before = find(sessions, id);

        var result = sessions.save(id, Changes.none().put("basket", "3"));

        assertThat(result).isEqualTo(new Saved(id));
        var after = find(sessions, id);
        assertThat(after.user()).contains("ada");
        assertThat(after.createdAt()).isEqualTo(before.createdAt());
        assertThat(after.idleTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(after.attributes().get("theme"))
                .isEqualTo(before.attributes().get("theme"));
        assertThat(json(after, "basket")).isEqualTo("3");
    }

    @Test
    default void an_attribute_that_was_removed_is_gone_and_removing_it_again_is_no_error() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1").put("basket", "2"));

        save(sessions, id, Changes.none().remove("theme"));
        save(sessions, id, Changes.none().remove("theme").remove("never there"));

        assertThat(find(sessions, id).attributes()).containsOnlyKeys("basket");
    }

    @Test
    default void a_session_may_become_another_users() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().user("ada"));

        save(sessions, id, Changes.none().user("grace"));

        assertThat(find(sessions, id).user()).contains("grace");
        if (can(SessionCapability.DEVICES)) {
            assertThat(sessions.devices("ada")).isEmpty();
            assertThat(sessions.devices("grace")).hasSize(1);
        }
    }

    @Test
    default void saving_no_changes_is_a_save() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));

        assertThat(sessions.save(id, Changes.none())).isEqualTo(new Saved(id));
        assertThat(sessions.save(SessionId.random(), Changes.none())).isEqualTo(new Gone());
    }

    @Test
    default void a_session_holds_as_much_as_the_settings_say_and_not_a_byte_more() {
        var sessions = sessions(SessionSettings.defaults().withMaxBytes(100));
        var full = Changes.none().put("name", "x".repeat(96));
        var id = newSession(sessions, full);

        assertThat(sessions.save(id, Changes.none().put("a", ""))).isEqualTo(new TooLarge(101, 100));
        assertThat(sessions.save(id, Changes.none().put("name", "x".repeat(97))))
                .isEqualTo(new TooLarge(101, 100));
        assertThat(sessions.save(id, Changes.none().put("name", "x".repeat(96))))
                .isEqualTo(new Saved(id));
        assertThat(find(sessions, id).attributes()).containsOnlyKeys("name");
    }

    @Test
    @Requires(SessionCapability.ROOM)
    default void by_default_a_session_holds_64_KiB_and_not_a_byte_more() {
        var sessions = sessions();
        int room = 64 * 1024;
        var id = newSession(sessions, Changes.none().put("name", "x".repeat(room - 4)));

        assertThat(json(find(sessions, id), "name")).hasSize(room - 4);
        assertThat(sessions.save(id, Changes.none().put("a", ""))).isEqualTo(new TooLarge(room + 1, room));
        assertThat(sessions.create(SessionId.random(), Changes.none().put("name", "x".repeat(room - 3))))
                .isEqualTo(new TooLarge(room + 1, room));
    }

    @Test
    default void what_is_too_large_changes_nothing_at_all() {
        var sessions = sessions(SessionSettings.defaults().withMaxBytes(100));
        var id = newSession(sessions, Changes.none().put("theme", "1"));

        var result = sessions.save(
                id,
                Changes.none()
                        .user("ada")
                        .put("theme", "2")
                        .put("x", "y".repeat(200))
                        .rotate());

        assertThat(result).isInstanceOf(TooLarge.class);
        assertThat(find(sessions, id).user()).isEmpty();
        assertThat(json(find(sessions, id), "theme")).isEqualTo("1");
    }

    @Test
    default void a_session_that_would_be_too_large_is_not_created() {
        var sessions = sessions(SessionSettings.defaults().withMaxBytes(100));
        var id = SessionId.random();

        assertThat(sessions.create(id, Changes.none().put("name", "x".repeat(97))))
                .isEqualTo(new TooLarge(101, 100));
        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    default void size_is_counted_in_bytes_of_utf8() {
        var sessions = sessions(SessionSettings.defaults().withMaxBytes(10));

        // é is two bytes, 🧥 is four.
        assertThat(sessions.create(SessionId.random(), Changes.none().put("é", "🧥🧥")))
                .isInstanceOf(Saved.class);
        assertThat(sessions.create(SessionId.random(), Changes.none().put("é", "🧥🧥x")))
                .isEqualTo(new TooLarge(11, 10));
    }

    @Test
    default void what_is_removed_makes_room() {
        var sessions = sessions(SessionSettings.defaults().withMaxBytes(100));
        var id = newSession(sessions, Changes.none().put("a", "x".repeat(99)));

        save(sessions, id, Changes.none().remove("a").put("b", "y".repeat(99)));
        save(sessions, id, Changes.none().put("b", "z").put("c", "x".repeat(97)));

        assertThat(find(sessions, id).attributes()).containsOnlyKeys("b", "c");
    }
}
