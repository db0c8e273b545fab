package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.attribute;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.version;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SaveResult.TooLarge;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Of writers at the same time each attribute gets what was asked for: merged, last wins, or refused. */
@Requires(SessionCapability.MERGING)
interface Merging extends SessionsUnderTest {

    @Test
    default void writers_of_different_attributes_all_survive() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        Together.run(8, writer -> {
            for (int i = 0; i < 20; i++) {
                save(sessions, id, Changes.none().put("of writer " + writer + ", number " + i, "" + i));
            }
        });

        assertThat(find(sessions, id).attributes()).hasSize(160);
    }

    @Test
    default void of_two_writers_of_one_attribute_the_last_wins() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        save(sessions, id, Changes.none().put("theme", "\"dark\""));
        save(sessions, id, Changes.none().put("theme", "\"light\""));

        assertThat(json(find(sessions, id), "theme")).isEqualTo("\"light\"");
    }

    @Test
    default void each_write_of_an_attribute_gives_it_a_greater_version_even_after_it_was_removed() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));
        long first = version(find(sessions, id), "theme");

        save(sessions, id, Changes.none().put("theme", "1"));
        long second = version(find(sessions, id), "theme");
        save(sessions, id, Changes.none().remove("theme"));
        save(sessions, id, Changes.none().put("theme", "1"));
        long third = version(find(sessions, id), "theme");

        assertThat(first).isPositive();
        assertThat(second).isGreaterThan(first);
        assertThat(third).isGreaterThan(second);
    }

    @Test
    default void an_attribute_that_nobody_wrote_in_between_is_written_and_removed_if_unchanged() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));

        var written =
                sessions.save(id, Changes.none().putIfUnchanged("theme", "2", version(find(sessions, id), "theme")));
        assertThat(written).isEqualTo(new Saved(id));
        assertThat(json(find(sessions, id), "theme")).isEqualTo("2");

        var removed =
                sessions.save(id, Changes.none().removeIfUnchanged("theme", version(find(sessions, id), "theme")));
        assertThat(removed).isEqualTo(new Saved(id));
        assertThat(find(sessions, id).attributes()).isEmpty();
    }

    @Test
    default void an_attribute_that_somebody_wrote_in_between_is_a_conflict_that_tells_what_is_there() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));
        long read = version(find(sessions, id), "theme");
        save(sessions, id, Changes.none().put("theme", "2"));
        var current = attribute(find(sessions, id), "theme");

        var put = sessions.save(id, Changes.none().putIfUnchanged("theme", "3", read));
        var remove = sessions.save(id, Changes.none().removeIfUnchanged("theme", read));

        assertThat(put).isInstanceOf(Conflict.class).isEqualTo(remove);
        assertThat(((Conflict) put).current()).containsOnlyKeys("theme").containsEntry("theme", Optional.of(current));
        assertThat(json(find(sessions, id), "theme")).isEqualTo("2");
    }

    @Test
    default void a_conflict_tells_that_an_attribute_was_removed() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));
        long read = version(find(sessions, id), "theme");
        save(sessions, id, Changes.none().remove("theme"));

        var result = sessions.save(id, Changes.none().putIfUnchanged("theme", "3", read));

        assertThat(result).isInstanceOf(Conflict.class);
        assertThat(((Conflict) result).current()).containsOnlyKeys("theme").containsEntry("theme", Optional.empty());
    }

    @Test
    default void a_conflict_in_one_attribute_refuses_the_whole_save() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1").put("basket", "1"));
        var read = find(sessions, id);
        save(sessions, id, Changes.none().put("theme", "2"));

        var result = sessions.save(
                id,
                Changes.none()
                        .user("ada")
                        .put("new", "1")
                        .putIfUnchanged("basket", "2", version(read, "basket"))
                        .putIfUnchanged("theme", "3", version(read, "theme"))
                        .rotate());

        assertThat(result).isInstanceOf(Conflict.class);
        assertThat(((Conflict) result).current())
                .as("only what somebody else wrote")
                .containsOnlyKeys("theme");
        var session = find(sessions, id);
        assertThat(session.user()).isEmpty();
        assertThat(session.attributes()).containsOnlyKeys("theme", "basket");
        assertThat(attribute(session, "basket")).isEqualTo(attribute(read, "basket"));
    }

    @Test
    default void version_zero_means_that_there_was_no_such_attribute() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        assertThat(sessions.save(id, Changes.none().putIfUnchanged("theme", "1", 0)))
                .isInstanceOf(Saved.class);
        assertThat(sessions.save(id, Changes.none().putIfUnchanged("theme", "2", 0)))
                .isInstanceOf(Conflict.class);
        assertThat(sessions.save(id, Changes.none().removeIfUnchanged("theme", 0)))
                .isInstanceOf(Conflict.class);
        assertThat(sessions.save(id, Changes.none().removeIfUnchanged("other", 0)))
                .isInstanceOf(Saved.class);
        assertThat(json(find(sessions, id), "theme")).isEqualTo("1");
    }

    @Test
    default void of_many_who_create_one_attribute_if_it_is_not_there_one_succeeds() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        var results =
                Together.call(8, writer -> sessions.save(id, Changes.none().putIfUnchanged("first", "" + writer, 0)));

        assertThat(results).filteredOn(Saved.class::isInstance).hasSize(1);
        assertThat(results).filteredOn(Conflict.class::isInstance).hasSize(7);
    }

    @Test
    default void updates_at_the_same_time_lose_nothing() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        Together.run(8, writer -> {
            for (int i = 0; i < 25; i++) {
                assertThat(sessions.update(id, "count", Merging::incremented)).isInstanceOf(Saved.class);
            }
        });

        assertThat(json(find(sessions, id), "count")).isEqualTo("200");
    }

    @Test
    default void an_update_creates_changes_and_removes() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        sessions.update(id, "count", Merging::incremented);
        sessions.update(id, "count", Merging::incremented);
        assertThat(json(find(sessions, id), "count")).isEqualTo("2");

        sessions.update(id, "count", current -> Optional.empty());
        assertThat(find(sessions, id).attributes()).isEmpty();
    }

    @Test
    default void an_update_says_when_the_session_is_gone_and_when_it_would_be_too_large() {
        var sessions = sessions(SessionSettings.defaults().withMaxBytes(10));
        var id = newSession(sessions, Changes.none());

        assertThat(sessions.update(SessionId.random(), "count", Merging::incremented))
                .isEqualTo(new Gone());
        assertThat(sessions.update(id, "count", current -> Optional.of("123456")))
                .isEqualTo(new TooLarge(11, 10));
    }

    private static Optional<String> incremented(Optional<String> count) {
        return Optional.of("" + (Integer.parseInt(count.orElse("0")) + 1));
    }
}
