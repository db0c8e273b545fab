package dev.coatcheck.redis;

import dev.coatcheck.contracts.sessions.SharedSessionsContract;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedSessionsContractTest extends SharedSessionsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected Sessions sessions() {
        return store.redis().sessions(SessionSettings.defaults());
    }

    @Override
    protected Class<Factories.OfSessions> factory() {
        return Factories.OfSessions.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
