package dev.coatcheck.servlet;

import dev.coatcheck.contracts.sessions.SessionsContract;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The store is what many visitors' browsers hold. */
class SealedSessionsContractTest extends SessionsContract {
    private final Map<String, String> browsers = new ConcurrentHashMap<>();

    @Override
    public Set<SessionCapability> capabilities() {
        return Set.of();
    }

    @Override
    public Sessions sessions(SessionSettings settings) {
        var jar = new SealedSessions.Jar() {
            @Override
            public Optional<String> get(String handle) {
                return Optional.ofNullable(browsers.get(handle));
            }

            @Override
            public void put(String handle, String text) {
                browsers.put(handle, text);
            }

            @Override
            public void remove(String handle) {
                browsers.remove(handle);
            }
        };
        var seal = new Seal(SealingKeys.parse(SealingKeys.random("test")));
        return new SealedSessions(seal, "session", jar, settings, InstantSource.system());
    }

    @Override
    public String dump() {
        return browsers.toString();
    }
}
