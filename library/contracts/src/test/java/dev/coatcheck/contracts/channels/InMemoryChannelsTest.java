package dev.coatcheck.contracts.channels;

import dev.coatcheck.state.channels.ChannelStore;
import java.time.InstantSource;

class InMemoryChannelsTest extends ChannelsContract {
    private final InMemoryChannels channels = new InMemoryChannels(InstantSource.system());

    @Override
    protected ChannelStore store() {
        return channels.attach();
    }
}
