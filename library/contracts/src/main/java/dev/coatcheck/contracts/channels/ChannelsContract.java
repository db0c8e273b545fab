package dev.coatcheck.contracts.channels;

import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/**
 * What every adapter of {@link Channels} passes, cut by what it is about: {@link Publishing}, {@link ComingBack},
 * {@link Keeping}, {@link BeingPresent}, {@link Closing}, {@link HostileText}.
 *
 * <pre>{@code
 * class RedisChannelsTest extends ChannelsContract {
 *     @Override
 *     public ChannelStore attach() {
 *         return new RedisChannelStore(connection, prefix);
 *     }
 * }
 * }</pre>
 */
public abstract class ChannelsContract implements Publishing, ComingBack, Keeping, BeingPresent, Closing, HostileText {
    private final List<AutoCloseable> opened = new ArrayList<>();

    /**
     * The store under test, as one more process has it; called several times in a test, each on what the others see too.
     *
     * @return what holds nothing of another test; the test closes it
     */
    protected abstract ChannelStore store();

    @Override
    public ChannelStore attach() {
        var store = store();
        opened.add(store);
        return store;
    }

    @Override
    public Channels process(ChannelSettings settings) {
        var channels = new Channels(store(), settings);
        opened.add(channels);
        return channels;
    }

    @AfterEach
    void closeProcesses() throws Exception {
        for (var process : opened) {
            process.close();
        }
    }
}
