package dev.coatcheck.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.config.Config;
import dev.coatcheck.process.config.Default;
import dev.coatcheck.process.config.Range;
import dev.coatcheck.process.health.Health;
import dev.coatcheck.process.health.HealthEndpoints;
import dev.coatcheck.process.health.HealthServer;
import dev.coatcheck.process.health.Metrics;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker from its start to its end, all parts together, as another process sees it. */
class WorkerStoryTest {
    record WorkerConfig(
            Path store,
            Path job,
            @Default("0") @Range(min = 0, max = 65535) int healthPort,
            @Default("30s") Duration drainTimeout) {}

    static final class Main {
        private Main() {}

        public static void main(String[] arguments) throws InterruptedException {
            var config = Config.orExit(WorkerConfig.class);
            try (var lifecycle = Lifecycle.start(config.drainTimeout());
                    var metrics = Metrics.of(lifecycle)) {
                var health = Health.of(lifecycle).check("store", () -> Files.readString(config.store()));
                var server = HealthServer.start(config.healthPort(), new HealthEndpoints(health, metrics));
                lifecycle.onStop(Phase.CLIENTS, "health server", server);
                lifecycle.onStop(Phase.WORK, "job", () -> await().until(() -> Files.exists(config.job())));
                lifecycle.ready();
                System.out.println("health on " + server.tcpPort());
                lifecycle.awaitStopped();
            }
        }
    }

    @TempDir
    Path folder;

    private static int status(String tcpPort, String path) throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            var uri = URI.create("http://localhost:" + tcpPort + path);
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        }
    }

    @Test
    void a_worker_waits_for_its_store_works_drains_and_ends_well() throws Exception {
        var store = folder.resolve("store");
        var job = folder.resolve("job");
        var environment = Map.of(
                "STORE",
                store.toString(),
                "JOB",
                job.toString(),
                "COATCHECK_INSTANCE",
                "worker.1",
                "LOG_LEVEL",
                "debug");
        try (var child = ChildProcess.start(Main.class, environment)) {
            var tcpPort = child.awaitLine("health on ").replace("health on ", "");
            assertThat(status(tcpPort, "/health/ready")).isEqualTo(503);
            assertThat(status(tcpPort, "/health/live")).isEqualTo(200);

            Files.writeString(store, "up");
            await().until(() -> status(tcpPort, "/health/ready") == 200);

            child.signal("TERM");
            await().until(() -> status(tcpPort, "/health/ready") == 503);
            assertThat(status(tcpPort, "/health/live")).isEqualTo(200);
            assertThat(status(tcpPort, "/metrics")).isEqualTo(200);

            Files.writeString(job, "done");
            assertThat(child.awaitExit()).isZero();
            assertThat(child.errors()).isEmpty();
            assertThat(child.awaitLine("Stopped job"))
                    .contains("\"level\":\"DEBUG\"", "\"instance\":\"worker.1\"", "\"phase\":\"WORK\"", "\"millis\":");
        }
    }
}
