package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.host.service.MemcachedServer;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.RedisServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.host.service.ServerStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackingServiceSearchTest {
    private static final String SID = "q1w2e3r4t5y6u7i8";
    private static final List<Needle> NEEDLES = Needles.from(Map.of("the cookie sid of step 1", SID));

    @TempDir
    private Path home;

    @BeforeAll
    static void needs() {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
    }

    @Test
    void what_redis_was_given_is_in_redis() throws IOException {
        try (RedisServer redis = RedisServer.start(ServerSettings.at(home))) {
            assertThat(search("redis", redis)).isEqualTo(new SearchResult(List.of(), List.of()));

            say(redis, "SET session:" + SID + " bob\r\n");

            assertThat(search("redis", redis).locations())
                    .containsExactly(
                            new Location(Location.Kind.BACKING_SERVICE, "redis", "in its memory and in its files"));
        }
    }

    @Test
    void what_memcached_was_given_is_in_memcached() throws IOException {
        try (MemcachedServer memcached = MemcachedServer.start(ServerSettings.at(home))) {
            say(memcached, "set session 0 0 " + SID.length() + "\r\n" + SID + "\r\n");

            assertThat(search("memcached", memcached).locations())
                    .containsExactly(new Location(Location.Kind.BACKING_SERVICE, "memcached", "in its memory"));
        } catch (ServerStartException e) {
            assumeTrue(false, "there is Memcached here: " + e.getMessage());
        }
    }

    @Test
    void what_was_committed_to_postgresql_is_in_postgresql() throws SQLException {
        try (PostgresServer postgres = PostgresServer.start(ServerSettings.at(home))) {
            assertThat(search("postgresql", postgres)).isEqualTo(new SearchResult(List.of(), List.of()));

            URI url = URI.create(postgres.url());
            String[] user = url.getUserInfo().split(":", 2);
            try (Connection connection = DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + url.getPort() + url.getPath(), user[0], user[1]);
                    Statement statement = connection.createStatement()) {
                statement.execute("create table sessions (id text)");
                try (PreparedStatement insert = connection.prepareStatement("insert into sessions values (?)")) {
                    insert.setString(1, SID);
                    insert.execute();
                }
            }

            assertThat(search("postgresql", postgres).locations())
                    .singleElement()
                    .satisfies(location -> assertThat(location.path()).endsWith("in its files"));
        }
    }

    private SearchResult search(String name, BackingServer server) {
        return BackingServiceSearch.search(name, server, home, NEEDLES, MemoryLimits.defaults());
    }

    /** Sends a command and waits for the first byte of the answer. */
    private static void say(BackingServer server, String command) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.tcpPort())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(command.getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().read()).isPositive();
        }
    }
}
