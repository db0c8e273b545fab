package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostgresServerTest {
    @TempDir
    Path folder;

    @Test
    void a_wipe_ends_all_connections_and_leaves_it_empty_under_the_same_url() throws Exception {
        try (PostgresServer server = PostgresServer.start(settings());
                Connection connection = Sql.connect(server.url())) {
            Sql.execute(server.url(), "CREATE TABLE coats (ticket int)");
            Sql.execute(server.url(), "CREATE ROLE \"odd \"\"role\"");
            Sql.execute(server.url(), "GRANT ALL ON coats TO \"odd \"\"role\"");
            server.createDatabaseIfMissing("another");

            server.wipe();

            assertThat(connection.isValid(1)).isFalse();
            assertThat(Sql.query(server.url(), "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
                    .isEqualTo("0");
            assertThat(Sql.query(server.url(), "SELECT count(*) FROM pg_database"))
                    .isEqualTo("4");
            assertThat(Sql.query(server.url(), "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'odd%'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void what_was_committed_outlives_kills_and_stops_on_the_same_url() throws Exception {
        try (PostgresServer server = PostgresServer.start(settings())) {
            assertThat(server.version()).startsWith("18.");
            Sql.execute(server.url(), "CREATE TABLE coats (ticket int PRIMARY KEY)");
            for (int ticket = 1; ticket <= 3; ticket++) {
                Sql.execute(server.url(), "INSERT INTO coats VALUES (" + ticket + ")");
                if (ticket == 1) {
                    server.stop();
                } else {
                    server.kill();
                }
                assertThat(server.onExit().get(10, TimeUnit.SECONDS).isSuccess())
                        .isEqualTo(ticket == 1);
                server.start();
                assertThat(Sql.query(server.url(), "SELECT count(*) FROM coats"))
                        .isEqualTo("" + ticket);
            }
        }
    }

    @Test
    void a_kill_ends_a_query_that_is_at_work_and_the_next_start_is_not_held_up_by_it() throws Exception {
        try (PostgresServer server = PostgresServer.start(settings());
                Connection connection = Sql.connect(server.url());
                Statement statement = connection.createStatement()) {
            Thread query = Thread.ofVirtual().start(() -> {
                // Computes without ever looking whether its parent lives.
                assertThatThrownBy(() -> statement.execute("SELECT count(*) FROM generate_series(1, 10000000000)"))
                        .isInstanceOf(SQLException.class);
            });
            await().until(() -> Sql.query(
                            server.url(),
                            "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%generate_series%' AND state = 'active'")
                    .equals("2"));
            server.kill();
            server.start();
            query.join();
            assertThat(Sql.query(server.url(), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    void the_password_is_demanded_and_readable_by_its_owner_only() throws Exception {
        try (PostgresServer server = PostgresServer.start(settings())) {
            String password = Files.readString(folder.resolve("home/password"));
            assertThatThrownBy(() -> Sql.query(server.url().replace(password, "guess"), "SELECT 1"))
                    .hasMessageContaining("password authentication failed");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("home/password"))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void text_is_utf_8_and_time_is_utc() throws Exception {
        String url = SharedServers.freshPostgresUrl();
        assertThat(Sql.query(url, "SHOW server_encoding")).isEqualTo("UTF8");
        assertThat(Sql.query(url, "SELECT setting FROM pg_settings WHERE name = 'log_timezone'"))
                .isEqualTo("UTC");
        assertThat(Sql.query(url, "SELECT upper('ä') || length('𝄞')")).isEqualTo("Ä1");
    }

    @Test
    void everyone_who_asks_for_a_fresh_database_gets_an_empty_one() throws Exception {
        String one = SharedServers.freshPostgresUrl();
        Sql.execute(one, "CREATE TABLE coats ()");
        String other = SharedServers.freshPostgresUrl();
        assertThat(Sql.query(other, "SELECT count(*) FROM pg_tables WHERE tablename = 'coats'"))
                .isEqualTo("0");
    }

    @Test
    void a_home_in_use_is_refused_and_free_again_after_close() {
        ServerSettings settings = settings();
        try (PostgresServer server = PostgresServer.start(settings)) {
            assertThatThrownBy(() -> PostgresServer.start(settings))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("already runs in " + folder.resolve("home"))
                    .hasMessageContaining("process " + ProcessHandle.current().pid());
            assertThat(server.onExit()).isNotDone();
        }
        PostgresServer.start(settings).close();
    }

    @Test
    void a_taken_tcp_port_is_told() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> PostgresServer.start(settings().withTcpPort(taken.getLocalPort())))
                    .isInstanceOf(ServerStartException.class)
                    .hasMessageContaining("TCP port " + taken.getLocalPort() + " is in use by another program");
        }
    }

    @Test
    void a_cluster_that_was_never_finished_is_made_anew_and_one_of_another_version_is_refused() throws Exception {
        Files.createDirectories(folder.resolve("home/data.new/base"));
        PostgresServer.start(settings()).close();
        Path version = folder.resolve("home/data/PG_VERSION");
        Files.writeString(version, "17\n");
        assertThatThrownBy(() -> PostgresServer.start(settings()))
                .hasMessageContaining("was written by PostgreSQL 17, and this is 18");
        Files.writeString(version, "18\n");
        PostgresServer.start(settings()).close();
    }

    private ServerSettings settings() {
        return ServerSettings.at(folder.resolve("home")).withDurability(Durability.PROCESS_LOSS);
    }
}
