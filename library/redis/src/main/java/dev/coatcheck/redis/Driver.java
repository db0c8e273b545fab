package dev.coatcheck.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** A client of the driver for what a URL names, with threads of its own, which end with it. */
abstract sealed class Driver implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(5);

    private final AbstractRedisClient client;

    private Driver(AbstractRedisClient client) {
        this.client = client;
    }

    static Driver of(RedisUrl url, Duration timeout, SilentLink link) {
        url.nodes().forEach(node -> {
            node.setTimeout(timeout);
            node.setClientName("coatcheck");
        });
        return switch (url.kind()) {
            // Where sentinels are named, they are asked again each time that a connection is made.
            case SERVER, SENTINEL -> ToServer.of(url, timeout, link);
            case CLUSTER -> ToCluster.of(url, timeout, link);
        };
    }

    /** Waits until commands can be sent. */
    abstract RedisClusterAsyncCommands<String, String> connect();

    /** Makes a connection for subscriptions, in a cluster to any node: what is published on one reaches all. */
    abstract CompletionStage<? extends StatefulRedisPubSubConnection<String, String>> connectToListen();

    /** Closes all connections and ends the threads, within a limit. */
    @Override
    public void close() {
        var resources = client.getResources();
        try {
            client.shutdownAsync(0, CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .orTimeout(CLOSING.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            // What does not close in time ends with the process; there is nothing that a caller could do.
        } finally {
            resources.shutdown(0, CLOSING.toMillis(), TimeUnit.MILLISECONDS).awaitUninterruptibly(CLOSING.toMillis());
        }
    }

    private static final class ToServer extends Driver {
        private final RedisClient server;
        private final RedisUrl url;

        private ToServer(RedisClient server, RedisUrl url) {
            super(server);
            this.server = server;
            this.url = url;
        }

        static ToServer of(RedisUrl url, Duration timeout, SilentLink link) {
            var server = RedisClient.create(
                    LettuceOptions.resources(link), url.nodes().get(0));
            server.setOptions(LettuceOptions.client(timeout));
            return new ToServer(server, url);
        }

        @Override
        RedisClusterAsyncCommands<String, String> connect() {
            return server.connect().async();
        }

        @Override
        CompletionStage<StatefulRedisPubSubConnection<String, String>> connectToListen() {
            return server.connectPubSubAsync(StringCodec.UTF8, url.nodes().get(0));
        }
    }

    private static final class ToCluster extends Driver {
        private final RedisClusterClient cluster;
        private final Duration timeout;

        private ToCluster(RedisClusterClient cluster, Duration timeout) {
            super(cluster);
            this.cluster = cluster;
            this.timeout = timeout;
        }

        static ToCluster of(RedisUrl url, Duration timeout, SilentLink link) {
            var cluster = RedisClusterClient.create(LettuceOptions.resources(link), url.nodes());
            cluster.setOptions(LettuceOptions.cluster(timeout));
            return new ToCluster(cluster, timeout);
        }

        @Override
        RedisClusterAsyncCommands<String, String> connect() {
            var connection = cluster.connect();
            awaitAllNodes(connection);
            return connection.async();
        }

        /**
         * Makes the way to each node. Without it the first command to a node would be refused while the way is being made. A
         * node that is away is no reason not to begin: what lies on it fails.
         */
        private void awaitAllNodes(StatefulRedisClusterConnection<String, String> connection) {
            var ways = connection.getPartitions().stream()
                    .filter(node -> !node.getSlots().isEmpty())
                    .map(node -> connection
                            .getConnectionAsync(
                                    node.getUri().getHost(), node.getUri().getPort())
                            .handle((way, failure) -> failure == null))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(ways)
                    .completeOnTimeout(null, timeout.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        }

        @Override
        CompletionStage<? extends StatefulRedisPubSubConnection<String, String>> connectToListen() {
            return cluster.refreshPartitionsAsync().thenCompose(known -> cluster.connectPubSubAsync(StringCodec.UTF8));
        }
    }
}
