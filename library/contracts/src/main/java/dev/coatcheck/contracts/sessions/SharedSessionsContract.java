package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What every adapter of {@link Sessions} passes whose store several processes can reach: two JVMs, one of them killed. */
public abstract class SharedSessionsContract {

    /** The sessions under test, with default settings, in this JVM. */
    protected abstract Sessions sessions();

    /** How another JVM gets at the same sessions. */
    protected abstract Class<? extends StoreFactory<Sessions>> factory();

    /** What the factory is given there. */
    protected abstract String url();

    /** What the adapter declares. */
    protected Set<SessionCapability> capabilities() {
        return EnumSet.allOf(SessionCapability.class);
    }

    @Test
    void what_one_process_saves_another_finds_and_what_one_destroys_is_gone_for_the_other() {
        var sessions = sessions();
        try (var peer = Peer.start(factory(), url(), SessionActions.Create.class)) {
            var id = SessionId.parse(peer.hear()).orElseThrow();
            assertThat(json(find(sessions, id), "of")).isEqualTo("\"peer\"");

            save(sessions, id, Changes.none().put("of", "\"test\""));
            peer.say("look");
            assertThat(peer.hear()).isEqualTo("\"test\"");

            sessions.destroy(id);
            peer.say("look");
            assertThat(peer.hear()).isEqualTo("gone");
            peer.awaitSuccess();
        }
    }

    @Test
    void writers_of_different_attributes_in_two_processes_all_survive_and_no_update_is_lost() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none());
        try (var left = Peer.start(factory(), url(), SessionActions.Write.class, id.text(), "left");
                var right = Peer.start(factory(), url(), SessionActions.Write.class, id.text(), "right")) {
            assertThat(left.hear()).isEqualTo(right.hear()).isEqualTo("ready");
            left.say("go");
            right.say("go");
            left.awaitSuccess();
            right.awaitSuccess();
        }

        var session = find(sessions, id);
        assertThat(session.attributes()).hasSize(2 * SessionActions.WRITES + 1);
        assertThat(json(session, "count")).isEqualTo("" + 2 * SessionActions.WRITES);
    }

    @Test
    void a_process_that_is_killed_in_the_middle_of_saving_leaves_whole_sessions() {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().user("ada"));
        for (int kill = 0; kill < 3; kill++) {
            try (var peer = Peer.start(factory(), url(), SessionActions.SavePairs.class, id.text())) {
                assertThat(peer.hear()).isEqualTo("saving");
                LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(20_000_000)); // anywhere in a save
                peer.kill();
            }
            var session = find(sessions, id);
            assertThat(json(session, "left")).isEqualTo(json(session, "right"));
            assertThat(session.user()).contains("ada");
            save(sessions, id, Changes.none().put("still", "\"writable\""));
        }
        if (capabilities().contains(SessionCapability.DEVICES)) {
            assertThat(sessions.devices("ada")).hasSize(1);
        }
    }

    @Test
    void a_process_that_is_killed_in_the_middle_of_logging_in_leaves_no_live_session_that_cannot_be_revoked() {
        assumeTrue(capabilities().contains(SessionCapability.DEVICES), "this adapter does not promise DEVICES");
        var sessions = sessions();
        var begun = new HashSet<SessionId>();
        try (var peer = Peer.start(factory(), url(), SessionActions.LogIn.class, "ada")) {
            for (int i = 0; i < 20; i++) {
                begun.add(SessionId.parse(peer.hear()).orElseThrow());
            }
            peer.kill();
            assertThat(begun).anySatisfy(id -> assertThat(sessions.find(id)).isPresent());
        }

        // Once is not enough where the store is still at what the killed process asked of it last.
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            sessions.revokeAll("ada");
            assertThat(begun)
                    .allSatisfy(id -> assertThat(sessions.find(id).flatMap(session -> session.user()))
                            .isEmpty());
        });
        assertThat(begun).allSatisfy(id -> {
            sessions.destroy(id);
            assertThat(sessions.save(id, Changes.none())).isEqualTo(new Gone());
        });
    }
}
