package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A log-in gives a session a new secret; the old one shows what was there before, for a moment, and nothing else. */
@Requires(SessionCapability.ROTATION)
interface Rotating extends SessionsUnderTest {

    @Test
    default void a_rotated_session_keeps_its_handle_and_all_it_holds_under_a_new_secret() {
        var sessions = sessions();
        var old = newSession(sessions, Changes.none().put("basket", "[1]"));

        var id = save(sessions, old, Changes.none().user("ada").rotate());

        assertThat(id.handle()).isEqualTo(old.handle());
        assertThat(id.secret()).isNotEqualTo(old.secret());
        var session = find(sessions, id);
        assertThat(session.id()).isEqualTo(id);
        assertThat(session.user()).contains("ada");
        assertThat(session.superseded()).isFalse();
        assertThat(json(session, "basket")).isEqualTo("[1]");
    }

    @Test
    default void the_old_id_shows_what_the_session_held_before_the_rotation() {
        var sessions = sessions();
        var old = newSession(
                sessions, Changes.none().put("changed", "1").put("removed", "1").put("kept", "1"));
        var before = find(sessions, old);

        var id = save(
                sessions,
                old,
                Changes.none()
                        .user("ada")
                        .put("changed", "2")
                        .put("secret of ada", "2")
                        .remove("removed")
                        .rotate());
        save(sessions, id, Changes.none().put("kept", "3").put("later", "3"));

        var shown = find(sessions, old);
        assertThat(shown.id()).isEqualTo(old);
        assertThat(shown.superseded()).isTrue();
        assertThat(shown.user()).isEmpty();
        assertThat(shown.attributes()).isEqualTo(before.attributes());
        assertThat(shown.createdAt()).isEqualTo(before.createdAt());
        assertThat(find(sessions, id).attributes()).containsOnlyKeys("changed", "kept", "secret of ada", "later");
    }

    @Test
    default void the_old_id_shows_whose_the_session_was_before_the_rotation() {
        var sessions = sessions();
        var old = newSession(sessions, Changes.none().user("ada"));

        var id = save(sessions, old, Changes.none().user("grace").rotate());

        assertThat(find(sessions, old).user()).contains("ada");
        assertThat(find(sessions, id).user()).contains("grace");
    }

    @Test
    default void the_old_id_takes_no_changes_and_ends_nothing() {
        var sessions = sessions();
        var old = newSession(sessions, Changes.none().put("theme", "1"));
        var id = save(sessions, old, Changes.none().rotate());

        assertThat(sessions.save(old, Changes.none().put("theme", "2"))).isEqualTo(new Gone());
        assertThat(sessions.save(old, Changes.none().rotate())).isEqualTo(new Gone());
        sessions.destroy(old);

        assertThat(json(find(sessions, id), "theme")).isEqualTo("1");
    }

    @Test
    default void the_old_id_finds_nothing_when_the_grace_is_over() {
        var sessions = sessions(SessionSettings.defaults().withRotationGrace(Duration.ofSeconds(4)));
        var old = newSession(sessions, Changes.none());
        var id = save(sessions, old, Changes.none().rotate());
        assertThat(sessions.find(old)).isPresent();

        await().atMost(Duration.ofSeconds(20)).until(() -> sessions.find(old).isEmpty());

        assertThat(sessions.save(old, Changes.none())).isEqualTo(new Gone());
        assertThat(find(sessions, id).superseded()).isFalse();
        assertThat(save(sessions, id, Changes.none().put("theme", "1"))).isEqualTo(id);
        assertThat(sessions.find(old)).isEmpty();
    }

    @Test
    default void without_a_grace_the_old_id_finds_nothing_at_once() {
        var sessions = sessions(SessionSettings.defaults().withRotationGrace(Duration.ZERO));
        var old = newSession(sessions, Changes.none());

        save(sessions, old, Changes.none().rotate());

        assertThat(sessions.find(old)).isEmpty();
    }

    @Test
    default void after_two_rotations_only_the_latest_two_ids_find_anything() {
        var sessions = sessions();
        var first = newSession(sessions, Changes.none().put("count", "1"));
        var second = save(sessions, first, Changes.none().put("count", "2").rotate());
        var third = save(sessions, second, Changes.none().put("count", "3").rotate());

        assertThat(sessions.find(first)).isEmpty();
        assertThat(json(find(sessions, second), "count")).isEqualTo("2");
        assertThat(json(find(sessions, third), "count")).isEqualTo("3");
    }

    @Test
    default void of_many_who_rotate_at_once_one_succeeds() {
        var sessions = sessions();
        var old = newSession(sessions, Changes.none());

        var results = Together.call(
                8,
                thread ->
                        sessions.save(old, Changes.none().user("user " + thread).rotate()));

        assertThat(results).filteredOn(Saved.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(Gone.class::isInstance).hasSize(7);
    }

    @Test
    default void the_old_id_finds_nothing_once_the_session_has_ended() {
        var sessions = sessions();
        var old = newSession(sessions, Changes.none());
        var id = save(sessions, old, Changes.none().rotate());

        sessions.destroy(id);

        assertThat(sessions.find(old)).isEmpty();
    }

    @Test
    default void a_rotation_means_nothing_to_a_session_that_is_being_created() {
        var sessions = sessions();

        var id = newSession(sessions, Changes.none().rotate());

        assertThat(find(sessions, id).superseded()).isFalse();
    }
}
