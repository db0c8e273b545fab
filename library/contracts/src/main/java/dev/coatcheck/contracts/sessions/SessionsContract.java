package dev.coatcheck.contracts.sessions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * What every adapter of {@link Sessions} passes, cut by what it is about: {@link Saving}, {@link Merging},
 * {@link Ending}, {@link Rotating}, {@link Expiring}, {@link Devices}, {@link Keeping}, {@link HostileText}. An adapter
 * whose store cannot hold all of it says so in {@link #capabilities()} and passes the rest.
 *
 * <pre>{@code
 * class RedisSessionsTest extends SessionsContract {
 *     @Override
 *     public Sessions sessions(SessionSettings settings) {
 *         return redis.sessions(settings);
 *     }
 *
 *     @Override
 *     public String dump() {
 *         return server.everyKeyAndValue();
 *     }
 * }
 * }</pre>
 */
public abstract class SessionsContract
        implements Saving, Merging, Ending, Rotating, Expiring, Devices, Keeping, HostileText {

    /** What the adapter declares; a test sees to it that it does. */
    @Override
    public Set<SessionCapability> capabilities() {
        return EnumSet.allOf(SessionCapability.class);
    }

    @BeforeEach
    final void testOnlyWhatIsDeclared(TestInfo test) {
        var method = test.getTestMethod().orElseThrow();
        Stream.of(method, method.getDeclaringClass())
                .map(element -> element.getAnnotation(Requires.class))
                .filter(Objects::nonNull)
                .forEach(requires ->
                        assumeTrue(can(requires.value()), () -> "this adapter does not promise " + requires.value()));
    }

    @Test
    void the_adapter_declares_what_is_tested() {
        assertThat(sessions().capabilities()).isEqualTo(capabilities());
    }

    @Test
    void a_list_of_devices_that_is_not_promised_is_refused_and_never_half_true() {
        assumeTrue(!can(SessionCapability.DEVICES), "this adapter promises DEVICES");
        var sessions = sessions();
        var id = SessionsUnderTest.newSession(sessions, Changes.none().user("ada"));

        assertThatThrownBy(() -> sessions.devices("ada")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> sessions.revokeAll("ada")).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> sessions.revoke("ada", id.handle())).isInstanceOf(UnsupportedOperationException.class);
        assertThat(sessions.find(id)).isPresent();
    }

    /**
     * The sessions under test; called once in each test.
     *
     * @return sessions on a store that holds nothing of another test
     */
    @Override
    public abstract Sessions sessions(SessionSettings settings);

    /**
     * Everything that the store holds, as text: what somebody reads who gets hold of its backup. No text in it may be
     * the {@linkplain SessionId#secret() secret} of a session.
     */
    @Override
    public abstract String dump();
}
