package dev.coatcheck.formation;

import static dev.coatcheck.formation.Programs.assumeOnPath;
import static dev.coatcheck.formation.TestFormation.LIMIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.formation.control.ControlClient;
import dev.coatcheck.formation.control.Request;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.router.RouterSettings;
import dev.coatcheck.formation.supervision.InstanceState;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FormationTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void node() {
        assumeOnPath("node");
    }

    @Test
    void the_routers_settings_count_and_its_metrics_are_told_to_whoever_scrapes() throws Exception {
        RouterSettings router = RouterSettings.defaults()
                .withLimits(RouterSettings.defaults().limits().withBodyBytes(10));
        try (TestFormation app = TestFormation.in(folder)
                .with(settings -> settings.withRouter(router).withMetricsPort(0))
                .start()
                .awaitReady()) {
            URI site = URI.create("http://127.0.0.1:" + app.formation().tcpPort() + "/");
            URI metrics = app.told(Kind.NOTE).stream()
                    .flatMap(note -> Stream.ofNullable(note.details().get("metrics_url")))
                    .map(url -> URI.create(url.toString()))
                    .findFirst()
                    .orElseThrow();
            try (HttpClient client = HttpClient.newHttpClient()) {
                HttpRequest large = HttpRequest.newBuilder(site)
                        .POST(HttpRequest.BodyPublishers.ofString("x".repeat(11)))
                        .build();
                assertThat(client.send(large, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(413);
                assertThat(app.get("/").statusCode()).isEqualTo(200);
                // A request is counted when its client has the response already.
                await().atMost(LIMIT)
                        .until(() -> ControlClient.of(folder).metrics().contains("status=\"2xx\"} 1\n"));
                HttpResponse<String> page =
                        client.send(HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString());
                assertThat(page.headers().firstValue("Content-Type"))
                        .hasValue("text/plain; version=0.0.4; charset=utf-8");
                assertThat(page.body())
                        .contains("coatcheck_router_requests_total{instance=\"web.1\",status=\"2xx\"} 1\n");
                // The end of the one that was refused may come between the two.
                await().atMost(LIMIT)
                        .untilAsserted(() -> assertThat(ControlClient.of(folder).metrics())
                                .isEqualTo(client.send(
                                                HttpRequest.newBuilder(metrics).build(), BodyHandlers.ofString())
                                        .body()));
                HttpRequest elsewhere =
                        HttpRequest.newBuilder(metrics.resolve("/other")).build();
                assertThat(client.send(elsewhere, BodyHandlers.ofString()).statusCode())
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void instances_have_names_and_tcp_ports_of_their_own_and_share_the_router() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .start(options -> options.withQuantities("web=3"))
                .awaitReady()) {
            Set<String> answered = new ConcurrentSkipListSet<>();
            for (int i = 0; i < 30; i++) {
                HttpResponse<String> response = app.get("/");
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("X-Coatcheck-Instance"))
                        .contains(response.body());
                answered.add(response.body());
            }
            assertThat(answered).containsExactly("web.1", "web.2", "web.3");
            for (InstanceStatus instance : app.formation().instances()) {
                assertThat(app.get(instance.tcpPort(), "/").body()).isEqualTo(instance.name());
            }
            assertThat(app.told(Kind.READY)).hasSize(1);
        }
    }

    @Test
    void whether_it_is_ready_may_be_asked_before_it_is_started_and_after_it_was_stopped() throws Exception {
        try (TestFormation app = TestFormation.in(folder).write("Procfile", "web: sleep 600\n")) {
            Formation neverReady = app.start().formation();
            CompletableFuture<Void> ready = neverReady.ready();
            neverReady.stop();
            assertThat(ready).isCompletedExceptionally();
            assertThat(app.told(Kind.READY)).isEmpty();
        }
        try (TestFormation app = TestFormation.in(folder)) {
            Formation formation = app.formation();
            CompletableFuture<Void> ready = formation.ready();
            formation.start();
            ready.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @Test
    void no_request_fails_while_every_instance_is_killed_and_comes_back() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .start(options -> options.withQuantities("web=2"))
                .awaitReady()) {
            AtomicBoolean enough = new AtomicBoolean();
            AtomicInteger answered = new AtomicInteger();
            CompletableFuture<Void> asking = CompletableFuture.runAsync(() -> {
                while (!enough.get()) {
                    try {
                        assertThat(app.get("/?wait=20").statusCode()).isEqualTo(200);
                        answered.incrementAndGet();
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            await().until(() -> answered.get() > 5);
            app.formation()
                    .instances()
                    .forEach(instance -> ProcessHandle.of(instance.pid().orElseThrow())
                            .orElseThrow()
                            .destroyForcibly());
            await().atMost(LIMIT)
                    .until(() -> app.formation().instances().stream()
                            .allMatch(instance -> instance.restarts() == 1 && instance.state() == InstanceState.READY));
            int before = answered.get();
            await().atMost(LIMIT).until(() -> answered.get() > before + 5 || asking.isDone());
            enough.set(true);
            asking.join();
            assertThat(app.told(Kind.INSTANCE_EXITED))
                    .hasSize(2)
                    .allSatisfy(event -> assertThat(event.message()).contains("ended by SIGKILL; it starts again in"));
        }
    }

    @Test
    void a_request_in_flight_is_answered_before_its_instance_stops() throws Exception {
        try (TestFormation app = TestFormation.in(folder).start().awaitReady()) {
            CompletableFuture<String> answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return app.get("/?wait=1000").body();
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            await().until(() -> app.output("web.1").contains("/?wait=1000"));
            app.formation().stop();
            assertThat(answer.join()).isEqualTo("web.1");
            assertThat(app.told(Kind.INSTANCE_STOPPED))
                    .singleElement()
                    .satisfies(event -> assertThat(event.message()).isEqualTo("web.1 stopped: exited with status 0"));
        }
    }

    @Test
    void nothing_is_left_after_a_stop_not_even_what_ran_away() throws Exception {
        TestFormation app = TestFormation.in(folder).write("Procfile", """
                        web: (setsid setsid sh -c 'echo $$ >runaway; exec sleep 600' &); node server.js
                        worker: trap '' TERM; sleep 600 & echo $! >child; wait
                        """);
        List<Long> strays;
        try (app) {
            app.with(settings -> settings.withStopLimit(Duration.ofSeconds(1)))
                    .start()
                    .awaitReady();
            strays = List.of(Long.valueOf(app.awaitFile("runaway")), Long.valueOf(app.awaitFile("child")));
            assertThat(strays).allMatch(TestFormation::isAlive);
        }
        assertThat(strays).noneMatch(TestFormation::isAlive);
        assertThat(app.told(Kind.INSTANCE_STOPPED))
                .filteredOn(event -> event.subject().equals(Optional.of("worker.1")))
                .singleElement()
                .satisfies(
                        event -> assertThat(event.message())
                                .isEqualTo(
                                        "worker.1 stopped: ended by SIGKILL, killed because it had not stopped 1 s after SIGTERM"));
    }

    @Test
    void what_keeps_ending_is_seen_to_loop_and_its_last_lines_are_told() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: node server.js\nworker: echo no queue here; exit 78\n")
                .start()) {
            app.awaitState("worker.1", InstanceState.CRASH_LOOP);
            await().atMost(LIMIT).until(() -> app.told(Kind.INSTANCE_EXITED).size() >= 3);
            assertThat(app.told(Kind.INSTANCE_EXITED).get(2).message())
                    .contains("exited with status 78, which says that its configuration is wrong")
                    .contains("3 times in a row now; it starts again in 2")
                    .endsWith("Its last lines:\n    no queue here");
            app.awaitState("web.1", InstanceState.READY);
        }
    }

    @Test
    void an_instance_that_never_listens_is_ended_and_told_what_is_lacking() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: sleep 600\n")
                .with(settings -> settings.withStartLimit(Duration.ofSeconds(1)))
                .start()) {
            await().atMost(LIMIT).until(() -> !app.told(Kind.INSTANCE_NOT_READY).isEmpty());
            assertThat(app.told(Kind.INSTANCE_NOT_READY).getFirst().message())
                    .isEqualTo("web.1 was not ready within 1 s: nothing listens on TCP port "
                            + app.instance("web.1").tcpPort() + " (the number is given to it as PORT)"
                            + "; 'coatcheck up --start-timeout' gives it longer; it is ended");
        }
    }

    @Test
    void who_waits_for_an_instance_is_told_what_is_lacking_and_where_it_listens_instead() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: PORT=0 node server.js\n")
                .with(settings -> settings.withStartLimit(Duration.ofSeconds(36)))
                .start()) {
            await().atMost(LIMIT).until(() -> !app.told(Kind.NOTE).isEmpty());
            assertThat(app.told(Kind.NOTE).getFirst().message())
                    .matches("web\\.1 is not ready after \\d+ s: nothing listens on TCP port "
                            + app.instance("web.1").tcpPort()
                            + " \\(the number is given to it as PORT\\); it listens on 127\\.0\\.0\\.1:\\d+");
        }
    }

    @Test
    void what_goes_into_the_background_is_told_to_stay_in_the_foreground() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: node server.js & sleep 0.2; exit 0\n")
                .start()) {
            await().atMost(LIMIT).until(() -> !app.told(Kind.INSTANCE_EXITED).isEmpty());
            assertThat(app.told(Kind.INSTANCE_EXITED).getFirst().message())
                    .contains(
                            "exited with status 0, and what it left in the background was ended with it; what is to go on"
                                    + " running has to stay in the foreground itself; it starts again");
        }
    }

    @Test
    void an_instance_gets_no_request_before_its_readiness_path_answers_2xx() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("server.js", """
                        const http = require('http');
                        const begun = Date.now();
                        http.createServer((request, response) => {
                          if (request.url === '/ready') response.statusCode = Date.now() - begun > 700 ? 204 : 503;
                          response.end(String(Date.now() - begun));
                        }).listen(process.env.PORT);
                        """)
                .write("app.json", "{\"healthchecks\": {\"web\": [{\"type\": \"readiness\", \"path\": \"/ready\"}]}}")
                .start()) {
            // Held until then.
            assertThat(Integer.parseInt(app.get("/").body())).isGreaterThan(700);
        }
    }

    @Test
    void who_cannot_listen_where_it_listened_before_gets_another_tcp_port() throws Exception {
        try (TestFormation app =
                TestFormation.in(folder).write("server.js", """
                        const fs = require('fs');
                        if (fs.existsSync('port') && fs.readFileSync('port', 'utf8') === process.env.PORT) {
                          console.error('listen EADDRINUSE');
                          process.exit(1);
                        }
                        fs.writeFileSync('port', process.env.PORT);
                        require('http').createServer((request, response) => {
                          response.end(process.env.PORT);
                          if (request.url === '/crash') setTimeout(() => process.exit(1), 50);
                        }).listen(process.env.PORT, '127.0.0.1');
                        """).start().awaitReady()) {
            String before = app.get("/crash").body();
            await().atMost(TestFormation.LIMIT)
                    .until(() -> app.instance("web.1").restarts() == 2);
            app.awaitState("web.1", InstanceState.READY);

            assertThat(app.get("/").body()).isNotEqualTo(before);
            assertThat(app.instance("web.1").restarts()).isEqualTo(2);
        }
    }

    @Test
    void a_release_gets_no_port() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write(".env", "PORT=8080\n")
                .write("Procfile", "web: node server.js\nrelease: echo port ${PORT-none}\n")
                .start()
                .awaitReady()) {
            assertThat(app.output("release.1")).contains("port none");
        }
    }

    @Test
    void a_release_that_fails_ends_everything_before_it_has_begun() throws Exception {
        TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: node server.js\nrelease: echo cannot migrate; echo why >&2; exit 3\n");
        try (app) {
            assertThatThrownBy(app::start)
                    .isInstanceOf(FormationException.class)
                    .hasMessage("the release failed: 'echo cannot migrate; echo why >&2; exit 3' exited with status 3");
            assertThat(app.output("release.1")).containsExactlyInAnyOrder("cannot migrate", "why");
            assertThat(app.told(Kind.INSTANCE_STARTED)).isEmpty();
            assertThat(app.told(Kind.STOPPED)).hasSize(1);
        }
        TestFormation.in(folder).start().close();
    }

    @Test
    void a_release_can_be_interrupted() throws Exception {
        TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: node server.js\nrelease: echo $$ >releasing; sleep 600\n");
        try (app) {
            CompletableFuture<Void> starting = CompletableFuture.runAsync(app::start);
            long pid = Long.parseLong(app.awaitFile("releasing"));
            app.formation().stop();
            assertThatThrownBy(starting::join).hasMessageContaining("stopped before everything was started");
            assertThat(TestFormation.isAlive(pid)).isFalse();
        }
    }

    @Test
    void one_formation_at_a_time_runs_in_a_folder() throws Exception {
        try (TestFormation first = TestFormation.in(folder).start();
                TestFormation second = TestFormation.in(folder)) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(FormationException.class)
                    .hasMessage("a formation already runs in " + folder + " (process "
                            + ProcessHandle.current().pid() + "); 'coatcheck stop -C " + folder + "' ends it");
            assertThat(first.awaitReady().get("/").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void a_taken_tcp_port_is_told_before_anything_is_started() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                TestFormation app =
                        TestFormation.in(folder).with(settings -> settings.withTcpPort(taken.getLocalPort()))) {
            assertThatThrownBy(app::start)
                    .isInstanceOf(FormationException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort());
            assertThat(app.told(Kind.INSTANCE_STARTED)).isEmpty();
        }
    }

    @Test
    void without_a_web_process_there_is_no_router() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("Procfile", "worker: sleep 600\n")
                .start()
                .awaitReady()) {
            assertThat(app.formation().tcpPort()).isZero();
            assertThat(app.told(Kind.READY).getFirst().message()).endsWith("runs; nothing of it listens");
        }
    }

    @Test
    void a_formation_that_gets_its_first_web_process_later_tells_then_where_requests_are_taken() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("Procfile", "web: node server.js\nworker: sleep 600\n")
                .start(options -> options.withQuantities("web=0"))
                .awaitReady()) {
            assertThat(app.banners()).singleElement().asString().contains("web     0\n");
            ControlClient.of(folder).change(new Request.Scale(Map.of("web", 1)), progress -> {});
            assertThat(app.told(Kind.NOTE))
                    .extracting(event -> event.message())
                    .contains("requests are taken at http://127.0.0.1:"
                            + app.formation().tcpPort());
            assertThat(app.get("/").body()).isEqualTo("web.1");
        }
    }

    @Test
    void services_come_with_their_urls_come_back_when_killed_and_keep_their_data_and_secrets() throws Exception {
        String worker = "worker: echo $DATABASE_URL $REDIS_URL $SECRET >given; exec sleep 600\n";
        TestFormation app = TestFormation.in(folder)
                .write("Procfile", worker)
                .write(
                        "app.json",
                        "{\"addons\": [\"heroku-postgresql\"], \"env\": {\"SECRET\": {\"generator\": \"secret\"}}}");
        String given;
        try (app) {
            app.start(options -> options.withServices("redis")).awaitReady();
            given = app.awaitFile("given");
            assertThat(given)
                    .matches("postgresql://app:[0-9a-f]{32}@127.0.0.1:\\d+/app redis://127.0.0.1:\\d+ [0-9a-f]{64}");
            long redis = Redis.processId(given.split(" ", 3)[1]);
            Redis.ask(given.split(" ", 3)[1], "SET coat 17");
            ProcessHandle.of(redis).orElseThrow().destroyForcibly();
            await().atMost(LIMIT).until(() -> app.told(Kind.SERVICE_READY).size() == 3);
            assertThat(Redis.ask(given.split(" ", 3)[1], "GET coat")).contains("17");
        }
        try (TestFormation again = TestFormation.in(folder)) {
            for (Path build : again.builds()) {
                Files.delete(build.resolve("given"));
            }
            again.write("Procfile", worker)
                    .start(options -> options.withServices("redis"))
                    .awaitReady();
            String[] anew = again.awaitFile("given").split(" ", 3);
            assertThat(Redis.ask(anew[1], "GET coat")).contains("17");
            assertThat(anew[2]).isEqualTo(given.split(" ", 3)[2]);
        }
    }
}
