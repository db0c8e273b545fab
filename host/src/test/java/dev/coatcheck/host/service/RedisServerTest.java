package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisServerTest {
    @TempDir
    Path folder;

    @Test
    void a_wipe_leaves_it_empty_under_the_same_url() throws Exception {
        try (RedisServer server = RedisServer.start(ServerSettings.at(folder))) {
            Redis.send(server.url(), "SET coat 17");
            server.wipe();
            assertThat(Redis.send(server.url(), "DBSIZE")).isEqualTo(":0\r\n");
        }
    }

    @Test
    void what_was_written_outlives_kills_and_stops_on_the_same_url() throws Exception {
        for (Durability durability : Durability.values()) {
            ServerSettings settings =
                    ServerSettings.at(folder.resolve(durability.name())).withDurability(durability);
            try (RedisServer server = RedisServer.start(settings)) {
                assertThat(server.version()).startsWith("6.2.");
                Redis.send(server.url(), "SET coat 17");
                server.kill();
                server.start();
                assertThat(Redis.send(server.url(), "INCR coat")).isEqualTo(":18\r\n");
                server.stop();
                server.start();
                assertThat(Redis.send(server.url(), "GET coat")).isEqualTo("$2\r\n18\r\n");
            }
        }
    }

    @Test
    void everyone_who_asks_for_a_fresh_database_gets_an_empty_one() throws Exception {
        Redis.send(SharedServers.freshRedisUrl(), "SET coat 17");
        assertThat(Redis.send(SharedServers.freshRedisUrl(), "DBSIZE")).isEqualTo(":0\r\n");
    }

    @Test
    void a_taken_tcp_port_is_told() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ServerSettings settings = ServerSettings.at(folder.resolve("home")).withTcpPort(taken.getLocalPort());
            assertThatThrownBy(() -> RedisServer.start(settings))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("TCP port " + taken.getLocalPort() + " is in use by another program");
        }
    }
}
