package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.Java;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersWithoutOwnerTest {
    @TempDir
    Path folder;

    @Test
    void servers_are_gone_soon_after_their_owner_was_killed_and_start_again_with_their_data() throws Exception {
        Process owner = new ProcessBuilder(Java.command(ServerOwner.class, folder.toString()))
                .redirectError(Redirect.INHERIT)
                .start();
        String postgres = owner.inputReader().readLine();
        String redis = owner.inputReader().readLine();
        String s3 = owner.inputReader().readLine();
        Sql.execute(postgres, "CREATE TABLE coats AS SELECT 17 AS ticket");
        Redis.send(redis, "SET coat 17");
        owner.destroyForcibly();
        List<Integer> ports = Stream.of(postgres, redis, s3)
                .map(url -> URI.create(url).getPort())
                .toList();
        await().atMost(Duration.ofSeconds(5)).until(() -> ports.stream().allMatch(TcpPorts::isFree));

        try (PostgresServer server = PostgresServer.start(ServerSettings.at(folder.resolve("postgresql")))) {
            assertThat(Sql.query(server.url(), "SELECT ticket FROM coats")).isEqualTo("17");
        }
        try (RedisServer server = RedisServer.start(ServerSettings.at(folder.resolve("redis")))) {
            assertThat(Redis.send(server.url(), "GET coat")).isEqualTo("$2\r\n17\r\n");
        }
    }
}
