package dev.coatcheck.redis;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.channels.CutOffChannelsContract;
import dev.coatcheck.contracts.peers.StoreFactory;
import dev.coatcheck.host.network.CuttableNetwork;
import dev.coatcheck.state.channels.ChannelStore;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisCutOffChannelsTest extends CutOffChannelsContract {
    @RegisterExtension
    final TestRedis store = TestRedis.fresh();

    private @Nullable CuttableNetwork network;

    @BeforeEach
    void openNetwork() throws IOException {
        var obstacle = CuttableNetwork.obstacle();
        assumeTrue(obstacle.isEmpty(), () -> obstacle.orElse(""));
        network = CuttableNetwork.open();
    }

    @AfterEach
    void closeNetwork() {
        if (network != null) {
            network.close();
        }
    }

    private CuttableNetwork network() {
        return Objects.requireNonNull(network);
    }

    @Override
    protected ChannelStore store() {
        return store.redis().channelStore();
    }

    @Override
    protected Class<? extends StoreFactory<ChannelStore>> factory() {
        return Factories.OfUsualChannels.class;
    }

    @Override
    protected String url() {
        return store.url();
    }

    @Override
    protected List<String> enter() {
        return network().enter();
    }

    @Override
    protected void cut() {
        network().cut();
    }

    @Override
    protected void mend() {
        network().mend();
    }
}
