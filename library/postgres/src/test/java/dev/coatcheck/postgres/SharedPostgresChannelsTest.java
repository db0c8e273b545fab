package dev.coatcheck.postgres;

import dev.coatcheck.contracts.channels.SharedChannelsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.state.channels.ChannelStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class SharedPostgresChannelsTest extends SharedChannelsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    @Override
    protected ChannelStore store() {
        return databases.empty().channelStore();
    }

    @Override
    protected Class<? extends StoreFactory<ChannelStore>> factory() {
        return Factories.OfChannels.class;
    }

    @Override
    protected String url() {
        return databases.url();
    }
}
