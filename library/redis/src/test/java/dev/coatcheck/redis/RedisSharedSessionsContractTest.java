package dev.coatcheck.redis;

import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.contracts.sessions.SharedSessionsContract;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import org.junit.jupiter.api.AfterEach;

class RedisSharedSessionsContractTest extends SharedSessionsContract {
    private final TestRedis store = TestRedis.fresh();

    public static final class Factory implements StoreFactory<Sessions> {
        @Override
        public Sessions open(String url) {
            return Redis.attach(url, TestRedis.PATIENT).sessions(SessionSettings.defaults());
        }
    }

    @Override
    protected Sessions sessions() {
        return store.redis().sessions(SessionSettings.defaults());
    }

    @Override
    protected Class<Factory> factory() {
        return Factory.class;
    }

    @Override
    protected String url() {
        return store.url();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
