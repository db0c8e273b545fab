package dev.coatcheck.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SocketOptions.KeepAliveOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How the driver behaves, each with its reason. */
final class LettuceOptions {
    /** How many commands may be without an answer on one connection. Whatever comes then is refused. */
    static final int QUEUE = 10_000;

    private LettuceOptions() {}

    static ClientOptions client(Duration timeout) {
        return ClientOptions.builder()
                // A caller is told at once rather than queued behind a server that may come back in an hour; what was
                // under way when the connection ended is not sent again, since it may have taken effect.
                .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
                .replayFilter(command -> true)
                // A bound on what waits for a server that has stopped answering.
                .requestQueueSize(QUEUE)
                // A connection counts only once the server answers on it.
                .pingBeforeActivateConnection(true)
                // Waiting for an answer is bounded where it is waited for, which needs no timer for each command.
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(timeout)
                        .keepAlive(KeepAliveOptions.builder()
                                .enable()
                                .idle(Duration.ofSeconds(10))
                                .interval(Duration.ofSeconds(5))
                                .count(3)
                                .build())
                        .build())
                // A feature of one vendor's cloud that begins each connection with a command others do not know.
                .maintNotificationsConfig(MaintNotificationsConfig.disabled())
                .build();
    }

    static ClusterClientOptions cluster(Duration timeout) {
        return ClusterClientOptions.builder(client(timeout))
                // Slots that moved, nodes that came and went: heard of by what is refused, and looked for now and then.
                .topologyRefreshOptions(ClusterTopologyRefreshOptions.builder()
                        .adaptiveRefreshTriggersTimeout(Duration.ofSeconds(1))
                        .enablePeriodicRefresh(Duration.ofSeconds(30))
                        .build())
                .build();
    }

    static ClientResources resources(SilentLink link) {
        return DefaultClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .nettyCustomizer(link)
                // Soon, so that a restart of the server is a short outage; jittered, so that not all come at once.
                .reconnectDelay(
                        Delay.fullJitter(Duration.ofMillis(50), Duration.ofSeconds(1), 50, TimeUnit.MILLISECONDS))
                .build();
    }
}
