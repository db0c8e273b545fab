package dev.coatcheck.memcached;

import dev.coatcheck.contracts.sessions.SessionsContract;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

class MemcachedSessionsContractTest extends SessionsContract {
    private final TestMemcached store = TestMemcached.fresh();

    @Override
    public Set<SessionCapability> capabilities() {
        return EnumSet.of(
                SessionCapability.MERGING,
                SessionCapability.ENDING,
                SessionCapability.ROTATION,
                SessionCapability.ROOM);
    }

    @Override
    public Sessions sessions(SessionSettings settings) {
        return store.memcached().sessions(settings);
    }

    @Override
    public String dump() {
        return store.dump();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
