package dev.coatcheck.redis;

import dev.coatcheck.contracts.channels.ChannelsContract;
import dev.coatcheck.state.channels.ChannelStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisChannelsContractTest extends ChannelsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected ChannelStore store() {
        return store.redis().channelStore();
    }
}
