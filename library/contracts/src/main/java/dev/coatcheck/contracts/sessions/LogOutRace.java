package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Stream;

/**
 * Late saves against log-outs: each session is destroyed by one thread while another saves to it until it is told that the
 * session has gone. In every other race both begin at the same moment; in the rest the log-out waits for the first save, so
 * that it falls among saves on whatever store, and not before all of them.
 */
final class LogOutRace {
    private static final int PAIRS = 4;
    private static final int RACES_AT_ONCE = 400;
    private static final int PATIENCE_SECONDS = 30;
    private static final Changes LATE = Changes.none().put("theme", "2").user("ada");

    private final Sessions sessions;
    private final AtomicReferenceArray<SessionId> ids = new AtomicReferenceArray<>(PAIRS);
    private final Semaphore[] saved =
            Stream.generate(() -> new Semaphore(0)).limit(PAIRS).toArray(Semaphore[]::new);
    private final CyclicBarrier gate = new CyclicBarrier(2 * PAIRS);

    LogOutRace(Sessions sessions) {
        this.sessions = sessions;
    }

    void run(int tries) {
        for (int done = 0; done < tries; done += RACES_AT_ONCE) {
            Together.run(2 * PAIRS, thread -> {
                for (int i = 0; i < RACES_AT_ONCE / PAIRS; i++) {
                    race(thread / 2, thread % 2 == 0, i % 2 == 0);
                }
            });
        }
    }

    private void race(int pair, boolean logsOut, boolean atOnce) throws Exception {
        if (logsOut) {
            ids.set(pair, newSession(sessions, Changes.none().user("ada").put("theme", "1")));
        }
        gate.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        var id = ids.get(pair);
        if (logsOut) {
            assertThat(atOnce || saved[pair].tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as("a save that the log-out waits for")
                    .isTrue();
            sessions.destroy(id);
        } else {
            boolean gone = isGoneForALateSave(id);
            if (!atOnce) {
                assertThat(gone).as("a save before the log-out").isFalse();
                saved[pair].release();
            }
            while (!gone) {
                gone = isGoneForALateSave(id);
            }
        }
        gate.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        assertThat(sessions.find(id)).as("a session that was destroyed").isEmpty();
        assertThat(sessions.save(id, Changes.none().put("theme", "3"))).isEqualTo(new Gone());
        if (pair == 0 && logsOut && sessions.capabilities().contains(SessionCapability.DEVICES)) {
            assertThat(sessions.revoke("ada", id.handle())).isFalse();
        }
    }

    private boolean isGoneForALateSave(SessionId id) {
        return sessions.save(id, LATE) instanceof Gone;
    }
}
