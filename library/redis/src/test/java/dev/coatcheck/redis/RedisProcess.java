package dev.coatcheck.redis;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.RedisServer;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.awaitility.Awaitility;

/** A real server in another shape than the usual one: a node of a cluster, a replica, a sentinel. */
final class RedisProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** As far above the TCP port of a node is that of its bus. */
    private static final int BUS = 10_000;

    private final Path folder;
    private final int port;
    private final List<String> command = new ArrayList<>();
    private ProcessGroup group;

    /**
     * @param folder of its own, which is created
     * @param arguments beside the address and the folder
     */
    RedisProcess(Path folder, int port, List<String> arguments) throws IOException {
        this.folder = folder;
        this.port = port;
        command.add(RedisServer.program().toString());
        command.addAll(arguments);
        command.addAll(List.of("--bind", "127.0.0.1", "--port", "" + port, "--dir", folder.toString()));
        command.addAll(List.of("--set-proc-title", "no"));
        group = start();
    }

    /** A TCP port that is free, and whose neighbour for the bus of a cluster is too. */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current()
                    .nextInt(12_000, 22_000); // where the bus is below what systems give out, too
            if (TcpPorts.isFree(port) && TcpPorts.isFree(port + BUS)) {
                return port;
            }
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "redis://127.0.0.1:" + port;
    }

    void kill() {
        group.close();
    }

    void restart() {
        group = start();
    }

    <T> T ask(Function<RedisCommands<String, String>, T> question) {
        var client = RedisClient.create(url());
        try (var connection = client.connect()) {
            return question.apply(connection.sync());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(5));
        }
    }

    String info(String section) {
        return ask(redis -> redis.info(section));
    }

    private ProcessGroup start() {
        try {
            Files.createDirectories(folder);
            var builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(new File(folder.toFile(), "log"));
            var started = ProcessGroup.start(builder);
            Awaitility.await("the server in " + folder)
                    .atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> ask(RedisCommands::ping).equals("PONG"));
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("could not start a server in " + folder, e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
