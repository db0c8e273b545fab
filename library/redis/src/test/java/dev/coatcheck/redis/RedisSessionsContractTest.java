package dev.coatcheck.redis;

import dev.coatcheck.contracts.sessions.SessionsContract;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSessionsContractTest extends SessionsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    public Sessions sessions(SessionSettings settings) {
        return store.redis().sessions(settings);
    }

    @Override
    public String dump() {
        return store.dump();
    }
}
