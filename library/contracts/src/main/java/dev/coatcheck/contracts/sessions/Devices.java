package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.Together;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult.Gone;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.Sessions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** A user sees where they are logged in, and ends one session or all of them. */
@Requires(SessionCapability.DEVICES)
interface Devices extends SessionsUnderTest {

    @Test
    default void a_users_live_sessions_are_listed_newest_first() {
        var sessions = sessions();
        var first = newSession(sessions, Changes.none().user("ada").label("Firefox on Linux"));
        awaitLaterMoment(sessions, first);
        var second = newSession(sessions, Changes.none());
        newSession(sessions, Changes.none().user("grace"));
        newSession(sessions, Changes.none());
        save(sessions, second, Changes.none().user("ada").rotate());

        var devices = sessions.devices("ada");

        assertThat(devices).extracting(Device::handle).containsExactly(second.handle(), first.handle());
        assertThat(devices)
                .extracting(Device::label)
                .containsExactly(Optional.empty(), Optional.of("Firefox on Linux"));
        var session = find(sessions, first);
        assertThat(devices.get(1))
                .isEqualTo(new Device(
                        first.handle(),
                        Optional.of("Firefox on Linux"),
                        session.createdAt(),
                        session.lastSeenAt(),
                        session.expiresAt()));
    }

    @Test
    default void a_user_without_sessions_has_no_devices() {
        assertThat(sessions().devices("nobody")).isEmpty();
    }

    @Test
    default void a_session_that_has_ended_is_no_longer_listed() {
        var sessions = sessions();
        var ended = newSession(sessions, Changes.none().user("ada"));
        var live = newSession(sessions, Changes.none().user("ada"));

        sessions.destroy(ended);
        assertThat(sessions.save(ended, Changes.none().user("ada").rotate())).isEqualTo(new Gone());

        assertThat(sessions.devices("ada")).extracting(Device::handle).containsExactly(live.handle());
    }

    @Test
    default void one_session_of_a_user_is_revoked_by_its_handle() {
        var sessions = sessions();
        var lost = newSession(sessions, Changes.none().user("ada"));
        var kept = newSession(sessions, Changes.none().user("ada"));

        assertThat(sessions.revoke("ada", lost.handle())).isTrue();

        assertThat(sessions.find(lost)).isEmpty();
        assertThat(sessions.save(lost, Changes.none().put("theme", "1"))).isEqualTo(new Gone());
        assertThat(sessions.find(kept)).isPresent();
        assertThat(sessions.devices("ada")).extracting(Device::handle).containsExactly(kept.handle());
        assertThat(sessions.revoke("ada", lost.handle())).as("a second time").isFalse();
    }

    @Test
    default void nobody_revokes_the_session_of_another() {
        var sessions = sessions();
        var adas = newSession(sessions, Changes.none().user("ada"));
        var nobodys = newSession(sessions, Changes.none());

        assertThat(sessions.revoke("mallory", adas.handle())).isFalse();
        assertThat(sessions.revoke("mallory", nobodys.handle())).isFalse();
        assertThat(sessions.revoke("ada", "no handle at all\n")).isFalse();

        assertThat(sessions.find(adas)).isPresent();
        assertThat(sessions.find(nobodys)).isPresent();
    }

    @Test
    default void logging_out_everywhere_ends_every_session_of_the_user_and_no_other() {
        var sessions = sessions();
        var adas = List.of(
                newSession(sessions, Changes.none().user("ada")),
                newSession(sessions, Changes.none().user("ada")),
                save(
                        sessions,
                        newSession(sessions, Changes.none()),
                        Changes.none().user("ada").rotate()));
        var graces = newSession(sessions, Changes.none().user("grace"));

        assertThat(sessions.revokeAll("ada")).isEqualTo(3);

        assertThat(adas).allSatisfy(id -> assertThat(sessions.find(id)).isEmpty());
        assertThat(adas)
                .allSatisfy(id -> assertThat(sessions.save(id, Changes.none())).isEqualTo(new Gone()));
        assertThat(sessions.devices("ada")).isEmpty();
        assertThat(sessions.find(graces)).isPresent();
        assertThat(sessions.revokeAll("ada")).as("a second time").isZero();
    }

    @RepeatedTest(5)
    default void a_session_that_is_given_to_a_user_while_they_log_out_everywhere_is_ended_or_listed() {
        var sessions = sessions();

        var logIns = Together.call(4, thread -> thread == 0 ? logOutOften(sessions) : logInOften(sessions));

        var live = new HashSet<String>();
        logIns.stream().flatMap(List::stream).forEach(id -> {
            if (sessions.find(id).isPresent()) {
                live.add(id.handle());
            }
        });
        var listed = sessions.devices("ada").stream().map(Device::handle).toList();
        assertThat(listed).as("a live session that cannot be revoked").containsExactlyInAnyOrderElementsOf(live);
        assertThat(sessions.revokeAll("ada")).isEqualTo(live.size());
        assertThat(logIns.stream().flatMap(List::stream))
                .allSatisfy(id -> assertThat(sessions.find(id)).isEmpty());
    }

    private static List<SessionId> logOutOften(Sessions sessions) {
        for (int i = 0; i < 30; i++) {
            sessions.revokeAll("ada");
            sessions.devices("ada");
        }
        return List.of();
    }

    private static List<SessionId> logInOften(Sessions sessions) {
        return IntStream.range(0, 30)
                .mapToObj(i -> {
                    var id = newSession(sessions, Changes.none());
                    var result = sessions.save(id, Changes.none().user("ada").rotate());
                    assertThat(result).isInstanceOf(Saved.class);
                    return ((Saved) result).id();
                })
                .toList();
    }

    private static void awaitLaterMoment(Sessions sessions, SessionId reference) {
        var created = find(sessions, reference).createdAt();
        await().atMost(Duration.ofSeconds(10)).until(() -> {
            var probe = newSession(sessions, Changes.none());
            return find(sessions, probe).createdAt().isAfter(created);
        });
    }
}
