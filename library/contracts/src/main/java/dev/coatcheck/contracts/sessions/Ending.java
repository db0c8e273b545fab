package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session that has ended stays ended, whoever comes late. */
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
        assertThat(sessions.devices("ada")).isEmpty();
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
    default void a_destroyed_session_is_never_revived_by_saves_that_race_with_it() {
        race(sessions(), 3_000);
    }

    @Test
    @Tag("long")
    default void a_destroyed_session_is_never_revived_by_a_hundred_thousand_saves_that_race_with_it() {
        race(sessions(), 100_000);
    }

    /** Sessions are destroyed while three threads save to them; from then on every save must find it gone. */
    private static void race(Sessions sessions, int saves) {
        int done = 0;
        while (done < saves) {
            var id = newSession(sessions, Changes.none().user("ada"));
            var counts = Together.call(4, thread -> thread == 0 ? destroy(sessions, id) : saveUntilGone(sessions, id));
            done += counts.stream().mapToInt(Integer::intValue).sum();
            assertThat(sessions.find(id)).as("after %d saves", done).isEmpty();
        }
        assertThat(sessions.devices("ada")).isEmpty();
    }

    private static int destroy(Sessions sessions, SessionId id) {
        sessions.destroy(id);
        return 0;
    }

    private static int saveUntilGone(Sessions sessions, SessionId id) {
        int saves = 0;
        int late = 0;
        while (late < 10) {
            var changes =
                    Changes.none().put("attribute " + saves % 5, "" + saves).user("ada");
            var result = sessions.save(id, changes);
            saves++;
            if (late > 0 || !(result instanceof Saved)) {
                assertThat(result)
                        .as("save %d after the session had ended", late)
                        .isEqualTo(new Gone());
                late++;
            }
            if (saves > 100_000) {
                throw new AssertionError("the session does not end");
            }
        }
        return saves;
    }
}
