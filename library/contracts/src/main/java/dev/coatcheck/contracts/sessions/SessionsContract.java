package dev.coatcheck.contracts.sessions;

import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;

/**
 * What every adapter of {@link Sessions} passes, cut by what it is about: {@link Saving}, {@link Merging},
 * {@link Ending}, {@link Rotating}, {@link Expiring}, {@link Devices}, {@link HostileText}.
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
public abstract class SessionsContract implements Saving, Merging, Ending, Rotating, Expiring, Devices, HostileText {

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
