package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session that has ended stays ended, whoever comes late. */
@Requires(SessionCapability.ENDING)
interface Ending extends SessionsUnderTest {
    @Test
    default void a_session_that_was_destroyed_is_not_found_and_takes_no_changes() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));

        sessions.destroy(id);

        assertThat(sessions.find(id)).isEmpty();
        assertThat(sessions.save(id, Changes.none().put("theme", "2"))).isEqualTo(new Gone());
        assertThat(sessions.save(id, Changes.none().user("ada").rotate())).isEqualTo(new Gone());
        assertThat(sessions.update(id, "theme", current -> Optional.of("3"))).isEqualTo(new Gone());
        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    default void destroying_what_is_not_there_is_no_error() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());

        sessions.destroy(id);
        sessions.destroy(id);
        sessions.destroy(SessionId.random());

        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    default void a_save_never_creates() {
        var sessions = sessions();
        var id = SessionId.random();

        assertThat(sessions.save(id, Changes.none().put("theme", "1"))).isEqualTo(new Gone());

        assertThat(sessions.find(id)).isEmpty();
    }

    @Test
    default void a_late_save_never_revives_a_session_that_a_log_out_destroys_at_the_same_time() {
        new LogOutRace(sessions()).run(800);
    }

    @Test
    @Tag("long")
    default void of_a_hundred_thousand_late_saves_none_revives_a_session() {
        new LogOutRace(sessions()).run(100_000);
    }
}
