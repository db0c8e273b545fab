package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.process.Java;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServersWithoutOwnerTest {
    @TempDir
    Path folder;

    @Test
    void servers_are_gone_soon_after_their_owner_was_killed_and_start_again_with_their_data() throws Exception {
        Process owner = owner();
        List<String> urls = urls(owner);
        Sql.execute(urls.get(0), "CREATE TABLE coats AS SELECT 17 AS ticket");
        Redis.send(urls.get(1), "SET coat 17");
        owner.destroyForcibly();
        await().atMost(Duration.ofSeconds(30)).until(() -> urls.stream().noneMatch(ServersWithoutOwnerTest::isServed));

        try (PostgresServer server = PostgresServer.start(ServerSettings.at(folder.resolve("postgresql")))) {
            assertThat(Sql.query(server.url(), "SELECT ticket FROM coats")).isEqualTo("17");
        }
        try (RedisServer server = RedisServer.start(ServerSettings.at(folder.resolve("redis")))) {
            assertThat(Redis.send(server.url(), "GET coat")).isEqualTo("$2\r\n17\r\n");
        }
    }

    @Test
    void what_outlives_its_guardian_too_is_ended_before_another_works_on_the_data() throws Exception {
        Process owner = owner();
        List<String> urls = urls(owner);
        ProcessHandle guardian = owner.children()
                .filter(child -> child.info().commandLine().orElse("").contains("coatcheck-guardian"))
                .findFirst()
                .orElseThrow();
        guardian.destroyForcibly();
        guardian.onExit().get(10, TimeUnit.SECONDS);
        owner.destroyForcibly().onExit().get(10, TimeUnit.SECONDS);
        assertThat(urls).allMatch(ServersWithoutOwnerTest::isServed);

        PostgresServer.start(ServerSettings.at(folder.resolve("postgresql"))).close();
        RedisServer.start(ServerSettings.at(folder.resolve("redis"))).close();
        S3Server.start(ServerSettings.at(folder.resolve("s3"))).close();
        assertThat(urls).noneMatch(ServersWithoutOwnerTest::isServed);
    }

    private Process owner() throws IOException {
        return new ProcessBuilder(Java.command(ServerOwner.class, folder.toString()))
                .redirectError(Redirect.INHERIT)
                .start();
    }

    /** Of PostgreSQL, of Redis, and of the object store. */
    private static List<String> urls(Process owner) throws IOException {
        List<String> urls = new ArrayList<>();
        while (urls.size() < 3) {
            urls.add(owner.inputReader().readLine());
        }
        return urls;
    }

    private static boolean isServed(String url) {
        return !TcpPorts.isFree(URI.create(url).getPort());
    }
}
