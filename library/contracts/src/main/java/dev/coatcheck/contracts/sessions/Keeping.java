package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionCapability;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session stays, however many others come. */
@Requires(SessionCapability.KEEPING)
interface Keeping extends SessionsUnderTest {
    /** Together more than a small cache holds: 80 MiB. */
    int OTHERS = 1_280;

    @Test
    @Tag("long")
    default void a_session_is_not_pushed_out_by_a_great_many_others() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put("theme", "1"));
        var large = Changes.none().put("a", "x".repeat(65_000));

        Together.run(4, thread -> {
            for (int i = 0; i < OTHERS / 4; i++) {
                newSession(sessions, large);
            }
        });

        assertThat(json(find(sessions, id), "theme")).isEqualTo("1");
    }
}
