package dev.coatcheck.redis;

import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** A real cluster of three nodes without replicas. */
final class RedisCluster implements AutoCloseable {
    private static final int NODES = 3;

    private final List<RedisProcess> nodes = new ArrayList<>();

    RedisCluster(Path folder) throws IOException {
        for (int i = 0; i < NODES; i++) {
            nodes.add(new RedisProcess(
                    folder.resolve("node" + i),
                    RedisProcess.freePort(),
                    List.of(
                            "--cluster-enabled", "yes",
                            "--cluster-node-timeout", "2000",
                            "--cluster-require-full-coverage", "no",
                            "--appendonly", "yes",
                            "--save", "")));
        }
        for (int i = 0; i < NODES; i++) {
            int from = i * SlotHash.SLOT_COUNT / NODES;
            int to = (i + 1) * SlotHash.SLOT_COUNT / NODES;
            long epoch = i + 1L;
            nodes.get(i).ask(redis -> redis.clusterSetConfigEpoch(epoch));
            nodes.get(i)
                    .ask(redis ->
                            redis.clusterAddSlots(IntStream.range(from, to).toArray()));
            int port = nodes.get(i).port();
            nodes.get(0).ask(redis -> redis.clusterMeet("127.0.0.1", port));
        }
        awaitWhole();
    }

    void awaitWhole() {
        Awaitility.await("a whole cluster")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptions()
                .until(() -> nodes.stream().allMatch(node -> {
                    var info = node.ask(redis -> redis.clusterInfo());
                    return info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:16384");
                }));
    }

    List<RedisProcess> nodes() {
        return nodes;
    }

    /** The node that keeps a key. */
    RedisProcess nodeOf(String key) {
        return nodes.get(SlotHash.getSlot(key) * NODES / SlotHash.SLOT_COUNT);
    }

    String url() {
        return nodes.stream()
                .map(node -> "127.0.0.1:" + node.port())
                .collect(Collectors.joining(",", "redis-cluster://", ""));
    }

    /** How many commands of a kind all nodes together have been asked. */
    long calls(String command) {
        return nodes.stream().mapToLong(node -> calls(node, command)).sum();
    }

    static long calls(RedisProcess node, String command) {
        return node.info("commandstats")
                .lines()
                .filter(line -> line.startsWith("cmdstat_" + command + ":calls="))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^=]*calls=(\\d+),.*", "$1")))
                .sum();
    }

    @Override
    public void close() {
        nodes.forEach(RedisProcess::close);
    }
}
