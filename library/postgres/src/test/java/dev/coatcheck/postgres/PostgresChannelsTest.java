package dev.coatcheck.postgres;

import dev.coatcheck.contracts.channels.ChannelsContract;
import dev.coatcheck.state.channels.ChannelStore;
import org.junit.jupiter.api.extension.RegisterExtension;

class PostgresChannelsTest extends ChannelsContract {
    @RegisterExtension
    final Databases databases = new Databases();

    private final Postgres postgres = databases.empty();

    @Override
    protected ChannelStore store() {
        return postgres.channelStore();
    }
}
