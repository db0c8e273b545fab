package dev.coatcheck.redis;

import dev.coatcheck.contracts.flags.FlagsContract;
import dev.coatcheck.state.flags.FlagStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisFlagsContractTest extends FlagsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected FlagStore store() {
        return store.redis().flagStore();
    }
}
