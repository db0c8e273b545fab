package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A session that has ended stays ended, whoever comes late. */
@Requires(SessionCapability.ENDING)
interface Ending extends SessionsUnderTest {
    int RACERS = 8;
    int RACES_AT_ONCE = 400;

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
        raceLateSavesAgainstLogOuts(sessions(), 800);
    }

    @Test
    @Tag("long")
    default void of_a_hundred_thousand_late_saves_none_revives_a_session() {
        raceLateSavesAgainstLogOuts(sessions(), 100_000);
    }

    /** Each session is destroyed by one thread while another saves to it until it is told that the session has gone. */
    private void raceLateSavesAgainstLogOuts(Sessions sessions, int tries) {
        var savedInTime = new LongAdder();
        for (int done = 0; done < tries; done += RACES_AT_ONCE) {
            var ids = new AtomicReferenceArray<SessionId>(RACERS / 2);
            var gate = new CyclicBarrier(RACERS);
            Together.run(RACERS, thread -> {
                for (int i = 0; i < RACES_AT_ONCE / (RACERS / 2); i++) {
                    race(sessions, ids, gate, thread, savedInTime);
                }
            });
        }
        assertThat(savedInTime.sum()).as("saves that came before the log-out").isPositive();
    }

    private void race(
            Sessions sessions,
            AtomicReferenceArray<SessionId> ids,
            CyclicBarrier gate,
            int thread,
            LongAdder savedInTime)
            throws Exception {
        int pair = thread / 2;
        if (thread % 2 == 0) {
            ids.set(pair, newSession(sessions, Changes.none().user("ada").put("theme", "1")));
        }
        gate.await(30, TimeUnit.SECONDS);
        var id = ids.get(pair);
        if (thread % 2 == 0) {
            sessions.destroy(id);
        } else {
            var changes = Changes.none().put("theme", "2").user("ada");
            while (!(sessions.save(id, changes) instanceof Gone)) {
                savedInTime.increment();
            }
        }
        gate.await(30, TimeUnit.SECONDS);
        assertThat(sessions.find(id)).as("a session that was destroyed").isEmpty();
        assertThat(sessions.save(id, Changes.none().put("theme", "3"))).isEqualTo(new Gone());
        if (can(SessionCapability.DEVICES) && thread == 0) {
            assertThat(sessions.revoke("ada", id.handle())).isFalse();
        }
    }
}
