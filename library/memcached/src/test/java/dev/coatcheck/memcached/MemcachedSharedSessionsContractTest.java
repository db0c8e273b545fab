package dev.coatcheck.memcached;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.contracts.sessions.SharedSessionsContract;
import dev.coatcheck.state.sessions.SessionCapability;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

class MemcachedSharedSessionsContractTest extends SharedSessionsContract {
    private final TestMemcached store = TestMemcached.fresh();

    /** What comes after the {@code #} of the URL is the prefix. */
    public static final class Factory implements StoreFactory<Sessions> {
        @Override
        public Sessions open(String url) {
            var parts = url.split("#", 2);
            var settings = MemcachedSettings.defaults().withPrefix(parts[1]).withTimeout(TestMemcached.PATIENCE);
            return Memcached.attach(parts[0], settings).sessions(SessionSettings.defaults());
        }
    }

    @Override
    protected Set<SessionCapability> capabilities() {
        return sessions().capabilities();
    }

    @Override
    protected Sessions sessions() {
        return store.memcached().sessions(SessionSettings.defaults());
    }

    @Override
    protected Class<Factory> factory() {
        return Factory.class;
    }

    @Override
    protected String url() {
        return store.url() + "#" + store.settings().prefix();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
