package dev.coatcheck.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.host.service.PostgresServer;
import dev.coatcheck.host.service.SharedServers;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorTest {
    @TempDir
    Path folder;

    private final StringWriter out = new StringWriter();

    @Test
    void a_machine_without_an_application_is_examined_all_the_same() {
        assertThat(run("doctor", folder.toString())).isZero();
        assertThat(out.toString())
                .contains("JDK", "setsid", "isolation", "postgresql to start")
                .contains("none in " + folder)
                .contains("Nothing is missing");
    }

    @Test
    void servers_that_are_well_are_found_well() throws IOException {
        environment("DATABASE_URL=" + SharedServers.postgres().url(), "REDIS_URL=" + SharedServers.freshRedisUrl());
        JsonNode found = json(0);
        JsonNode postgres = resource(found, "DATABASE_URL");
        assertThat(postgres.at("/version").asString()).startsWith("18.");
        assertThat(state(postgres, "connections")).isEqualTo("ok");
        assertThat(state(postgres, "role")).isEqualTo("ok");
        assertThat(state(postgres, "clock")).isEqualTo("ok");
        JsonNode redis = resource(found, "REDIS_URL");
        assertThat(redis.at("/version").asString()).startsWith("6.2");
        assertThat(state(redis, "eviction")).isEqualTo("ok");
        assertThat(state(redis, "persistence")).isEqualTo("ok");
        assertThat(state(redis, "role")).isEqualTo("ok");
    }

    @Test
    void what_was_set_carelessly_is_weaker_and_says_why() throws IOException {
        // Test servers are started so that a power cut may destroy them.
        environment("DATABASE_URL=" + SharedServers.postgres().url(), "REDIS_URL=" + SharedServers.freshRedisUrl());
        tell("CONFIG SET maxmemory-policy allkeys-lru", "CONFIG SET appendonly no");
        try {
            JsonNode found = json(0);
            assertThat(state(resource(found, "DATABASE_URL"), "persistence")).isEqualTo("weaker");
            assertThat(state(resource(found, "REDIS_URL"), "eviction")).isEqualTo("weaker");
            assertThat(state(resource(found, "REDIS_URL"), "persistence")).isEqualTo("weaker");
            assertThat(out.toString()).contains("people are logged out");
            tell("CONFIG SET maxmemory-policy volatile-lru", "CONFIG SET maxmemory 1gb");
            assertThat(state(resource(json(0), "REDIS_URL"), "eviction")).isEqualTo("weaker");
        } finally {
            tell("CONFIG SET maxmemory-policy noeviction", "CONFIG SET maxmemory 0", "CONFIG SET appendonly yes");
        }
    }

    @Test
    void more_processes_than_the_database_has_connections_for_are_told() throws IOException {
        environment("DATABASE_URL=" + SharedServers.postgres().url());
        Files.writeString(folder.resolve("app.json"), "{ \"formation\": { \"web\": { \"quantity\": 30 } } }");
        assertThat(state(resource(json(0), "DATABASE_URL"), "connections")).isEqualTo("weaker");
    }

    @Test
    void where_nothing_listens_something_is_missing_and_no_password_is_shown() throws IOException {
        int nobody = TcpPorts.free();
        environment(
                "DATABASE_URL=postgresql://app:pass-1@127.0.0.1:" + nobody + "/app",
                "REDIS_URL=redis://:pass-2@127.0.0.1:" + nobody,
                "MEMCACHED_URL=memcached://127.0.0.1:" + nobody,
                "QUEUE=amqp://guest:pass-3@127.0.0.1:" + nobody,
                "CACHE=redis://app:pa/ss-4@127.0.0.1",
                "AWS_ENDPOINT_URL_S3=http://key:pass-5@127.0.0.1:" + nobody);
        JsonNode found = json(Coatcheck.FAILED);
        assertThat(found.path("nothingMissing").asBoolean()).isFalse();
        assertThat(found.path("resources")).hasSizeGreaterThanOrEqualTo(6).allSatisfy(one -> {
            assertThat(one.path("state").asString()).isEqualTo("missing");
            assertThat(state(one, "reachable")).isEqualTo("missing");
        });
        assertThat(out.toString()).doesNotContain("pass-", "ss-4");
    }

    @Test
    void a_wrong_password_is_told_as_the_server_tells_it() throws IOException {
        PostgresServer postgres = SharedServers.postgres();
        environment("DATABASE_URL=postgresql://app:guessed@127.0.0.1:" + postgres.tcpPort() + "/app");
        assertThat(json(Coatcheck.FAILED).toString())
                .contains("password authentication failed")
                .doesNotContain("guessed");
    }

    @Test
    void a_server_of_another_kind_is_not_waited_for() throws IOException {
        environment(
                "REDIS_URL=redis://127.0.0.1:" + SharedServers.postgres().tcpPort(),
                "MEMCACHED_URL=memcached://127.0.0.1:" + SharedServers.redis().tcpPort());
        JsonNode found = json(Coatcheck.FAILED);
        assertThat(state(resource(found, "REDIS_URL"), "reachable")).isEqualTo("missing");
        assertThat(state(resource(found, "MEMCACHED_URL"), "reachable")).isEqualTo("missing");
    }

    @Test
    void an_application_that_cannot_be_read_is_missing_with_its_problems() throws IOException {
        Files.writeString(folder.resolve("Procfile"), "web node\n");
        assertThat(run("doctor", "-C", folder.toString())).isEqualTo(Coatcheck.FAILED);
        assertThat(out.toString()).contains("Procfile:1: ");
    }

    private void environment(String... lines) throws IOException {
        Files.writeString(folder.resolve("Procfile"), "web: true\n");
        Files.writeString(folder.resolve(".env"), String.join("\n", lines) + "\n");
    }

    private static JsonNode resource(JsonNode found, String variable) {
        return StreamSupport.stream(found.path("resources").spliterator(), false)
                .filter(one -> one.path("variable").asString().equals(variable))
                .findFirst()
                .orElseThrow();
    }

    private static String state(JsonNode resource, String id) {
        return StreamSupport.stream(resource.at("/findings").spliterator(), false)
                .filter(finding -> finding.path("id").asString().equals(id))
                .map(finding -> finding.path("state").asString())
                .findFirst()
                .orElse("none");
    }

    private static void tell(String... commands) throws IOException {
        URI redis = URI.create(SharedServers.redis().url());
        try (Socket socket = new Socket(redis.getHost(), redis.getPort())) {
            String lines = String.join("\r\n", commands) + "\r\nQUIT\r\n";
            socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .startsWith("+OK")
                    .doesNotContain("-ERR");
        }
    }

    private JsonNode json(int status) {
        out.getBuffer().setLength(0);
        assertThat(run("doctor", folder.toString(), "--json"))
                .as(out.toString())
                .isEqualTo(status);
        return JsonMapper.shared().readTree(out.toString());
    }

    private int run(String... arguments) {
        return Coatcheck.commandLine().setOut(new PrintWriter(out, true)).execute(arguments);
    }
}
