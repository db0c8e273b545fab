package dev.coatcheck.redis;

import dev.coatcheck.contracts.flags.FlagsContract;
import dev.coatcheck.state.flags.FlagStore;
import org.junit.jupiter.api.AfterEach;

class RedisFlagsContractTest extends FlagsContract {
    private final TestRedis store = TestRedis.fresh();

    @Override
    protected FlagStore store() {
        return store.redis().flagStore();
    }

    @AfterEach
    void detach() {
        store.close();
    }
}
