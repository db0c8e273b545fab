package dev.coatcheck.redis;

import dev.coatcheck.contracts.flags.SharedFlagsContract;
import dev.coatcheck.state.flags.FlagStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedFlagsContractTest extends SharedFlagsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected FlagStore store() {
        return store.redis().flagStore();
    }

    @Override
    protected Class<Factories.OfFlags> factory() {
        return Factories.OfFlags.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
