package dev.coatcheck.redis;

import dev.coatcheck.contracts.channels.SharedChannelsContract;
import dev.coatcheck.state.channels.ChannelStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisSharedChannelsContractTest extends SharedChannelsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    @Override
    protected ChannelStore store() {
        return store.redis().channelStore();
    }

    @Override
    protected Class<Factories.OfChannels> factory() {
        return Factories.OfChannels.class;
    }

    @Override
    protected String url() {
        return store.url();
    }
}
