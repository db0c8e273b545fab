package dev.coatcheck.prove.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.play.ConnectionChoice;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class SteeringTest {
    private static final int WORKERS = 3;
    private static final int STEPS = 8;

    private static final String CLUSTER = """
            const cluster = require('cluster');
            if (cluster.isPrimary) {
              for (let i = 0; i < %d; i++) cluster.fork();
              cluster.on('exit', () => cluster.fork());
            } else {
              require('http').createServer((q, s) => s.end('' + process.pid)).listen(PORT);
            }
            """.formatted(WORKERS);

    /** Each child waits in accept(), and takes no other connection before it has answered one. */
    private static final String PREFORK = """
            import os, http.server
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(str(os.getpid()).encode())
            server = http.server.HTTPServer(('', int(os.environ['PORT'])), Handler)
            for _ in range(%d):
                if os.fork() == 0:
                    server.serve_forever()
            os.wait()
            """.formatted(WORKERS);

    /** Each request has a process of its own. */
    private static final String FORKING = """
            import os, http.server, socketserver
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.end_headers()
                    self.wfile.write(str(os.getpid()).encode())
            class Server(socketserver.ForkingMixIn, http.server.HTTPServer):
                pass
            if os.fork() == 0:
                Server(('', int(os.environ['PORT'])), Handler).serve_forever()
            os.wait()
            """;

    /** Whoever has answered takes nothing for a while, and the others take all that comes. */
    private static final String RESTING = """
            import os, select, socket, threading, time
            server = socket.socket()
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(('127.0.0.1', int(os.environ['PORT'])))
            server.listen(128)
            server.setblocking(False)
            rest = 0
            def serve(connection):
                global rest
                if connection.recv(65536):
                    rest = time.monotonic() + 2
                    body = str(os.getpid()).encode()
                    connection.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: %%d\\r\\n\\r\\n' %% len(body) + body)
                connection.close()
            def work():
                while True:
                    if time.monotonic() < rest:
                        time.sleep(0.01)
                    elif select.select([server], [], [], 0.01)[0]:
                        try:
                            connection = server.accept()[0]
                        except BlockingIOError:
                            continue
                        threading.Thread(target=serve, args=(connection,)).start()
            for _ in range(%d):
                if os.fork() == 0:
                    work()
            os.wait()
            """.formatted(WORKERS);

    /** Once a step was answered, some processes take no connection any more. The first that answered one is {@code chosen}. */
    private static final String STUBBORN = """
            import mmap, os, select, socket, struct
            shared = mmap.mmap(-1, 8)
            def open_socket():
                server = socket.socket()
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
                server.bind(('127.0.0.1', int(os.environ['PORT'])))
                server.listen(128)
                server.setblocking(False)
                return server
            def work(server):
                me = os.getpid()
                while True:
                    chosen = struct.unpack('q', shared[:8])[0]
                    if chosen and IS_STUBBORN:
                        select.select([], [], [], 0.01)
                        continue
                    if not select.select([server], [], [], 0.01)[0]:
                        continue
                    try:
                        connection = server.accept()[0]
                    except BlockingIOError:
                        continue
                    connection.setblocking(True)
                    request = connection.recv(65536)
                    if request:
                        if not chosen and b'coatcheck-readiness' not in request:
                            chosen = me
                            shared[:8] = struct.pack('q', me)
                        body = str(me).encode()
                        status = b'200 OK' if chosen in (0, me) else b'503 Busy'
                        connection.sendall(b'HTTP/1.1 %s\\r\\nContent-Length: %d\\r\\n\\r\\n' % (status, len(body)) + body)
                    connection.close()
            SERVER
            for _ in range(2):
                if os.fork() == 0:
                    work(OPEN)
            os.wait()
            """;

    /** As with a pool of processes: a child of a child is of the same program, and holds the listening socket too. */
    private static final String PREFORK_WITH_POOLS = PREFORK.replace("import os,", "import os, time,")
            .replace("server.serve_forever()", "os.fork() or time.sleep(1000)\n        server.serve_forever()");

    @TempDir
    Path folder;

    @BeforeAll
    static void on_linux() {
        assumeThat(Files.isReadable(Path.of("/proc/self/net/tcp"))).isTrue();
    }

    private Trials cluster(String port) {
        return new Trials(folder).web("exec node server.js", CLUSTER.replace("PORT", port));
    }

    private Trials python(String program) {
        assumeThat(SearchPath.ofThisJvm().find("python3")).isPresent();
        return new Trials(folder).web("exec python3 server.py", "").file("server.py", program);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rr", "none"})
    void a_conversation_stays_with_one_worker_of_a_cluster(String scheduling) throws Exception {
        Run run = cluster("process.env.PORT")
                .with("NODE_CLUSTER_SCHED_POLICY", scheduling)
                .play(Plan.together("together", STEPS));

        assertThat(bodies(run)).hasSize(1).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
    }

    @Test
    void a_conversation_stays_with_one_child_of_a_prefork_server() throws Exception {
        Run run = python(PREFORK).play(Plan.together("together", STEPS));

        assertThat(bodies(run)).hasSize(1).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, WORKERS})
    void a_worker_that_has_children_of_its_own_is_known_once_it_has_served(int workers) throws Exception {
        Run run = python(PREFORK_WITH_POOLS.replace("range(" + WORKERS, "range(" + workers))
                .play(Plan.together("together", 6));

        List<Exchange> exchanges = run.exchanges();
        assertThat(bodies(run)).hasSize(1).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
        assertThat(Duration.between(exchanges.get(1).at(), exchanges.getLast().at()))
                .isLessThan(Duration.ofSeconds(11)); // each of the four would take three, were it not known by then
    }

    @Test
    void a_while_between_two_steps_begins_when_the_request_is_sent_and_not_with_the_search() throws Exception {
        Duration gap = Duration.ofSeconds(1);

        Run run = python(PREFORK_WITH_POOLS).play(Plan.together("together", 2).after(gap, 2));

        Duration apart = run.gaps().getOrDefault(2, Duration.ZERO);
        assertThat(apart).isBetween(gap.minusMillis(20), gap.plusSeconds(5));
    }

    @Test
    void each_instance_has_its_own() throws Exception {
        Run run = python(PREFORK)
                .play(Plan.of("in turn", List.of(Seat.at(0), Seat.at(1), Seat.at(0), Seat.at(1)))
                        .withDeaths(Map.of(4, Death.OF_WHO_ANSWERED)));

        List<Exchange> exchanges = run.exchanges();
        assertThat(bodies(run)).hasSize(2).isEqualTo(told(run));
        assertThat(body(exchanges.get(2))).isEqualTo(body(exchanges.get(0)));
        assertThat(run.kills().getFirst().pid()).isEqualTo(Long.parseLong(body(exchanges.get(3))));
    }

    @Test
    void steps_take_turns_where_they_are_to() throws Exception {
        Trials trials = python(PREFORK);
        Plan plan = Plan.together("together", STEPS);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(plan, trials.steps(STEPS), Optional.empty(), 0)) {
            trial.instance(plan.seat(1)).takeTurns();
            trial.playUpTo(STEPS);

            List<Long> pids = trial.run().played().stream().map(Run.Played::pid).toList();
            for (int i = 1; i < STEPS; i++) {
                assertThat(pids.get(i)).isNotEqualTo(pids.get(i - 1));
            }
            assertThat(bodies(trial.run())).isEqualTo(told(trial.run()));
            assertThat(trial.instance(plan.seat(1)).answering()).isEqualTo(WORKERS);
        }
    }

    @Test
    void another_takes_the_place_of_a_worker_that_has_ended() throws Exception {
        Trials trials = cluster("process.env.PORT");
        Plan plan = Plan.together("together", STEPS);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(plan, trials.steps(STEPS), Optional.empty(), 0)) {
            trial.playUpTo(2);
            ProcessHandle first =
                    ProcessHandle.of(trial.run().played().getLast().pid()).orElseThrow();
            first.destroyForcibly();
            first.onExit().get(10, TimeUnit.SECONDS);
            trial.playUpTo(STEPS);

            assertThat(bodies(trial.run())).hasSize(2).isEqualTo(told(trial.run()));
            assertThat(trial.run().weaknesses()).isEmpty();
        }
    }

    @Test
    void a_process_for_each_request_is_as_good_as_any() throws Exception {
        Run run = python(FORKING).play(Plan.together("together", 3));

        assertThat(bodies(run)).hasSize(3).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
    }

    @Test
    void one_that_has_yet_to_begin_the_process_for_a_connection_is_not_taken_to_serve_it() throws Exception {
        String slow = FORKING.replace("import os,", "import os, time,").replace("    pass", """
                    def process_request(self, request, address):
                        end = time.monotonic() + 0.1
                        while time.monotonic() < end:
                            pass
                        super().process_request(request, address)
                """);

        Run run = python(slow).play(Plan.together("together", 3));

        assertThat(bodies(run)).hasSize(3).isEqualTo(told(run));
    }

    @Test
    void one_that_takes_no_connection_for_a_while_is_waited_for() throws Exception {
        Run run = python(RESTING).play(Plan.together("together", 3));

        assertThat(bodies(run)).hasSize(1).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
    }

    @Test
    void connections_that_cannot_be_had_beside_the_first_are_done_without() throws Exception {
        Trials trials = python(STUBBORN.replace("IS_STUBBORN", "chosen == me")
                .replace("SERVER", "server = open_socket()")
                .replace("OPEN", "server"));
        Plan plan = Plan.together("together", 1);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(plan, trials.steps(1), Optional.empty(), 0)) {
            trial.playUpTo(1);
            Target target = trial.instance(plan.seat(1)).target().orElseThrow();
            AtomicInteger opened = new AtomicInteger();

            try (Socket socket = target.choice().choose(limit -> {
                if (opened.getAndIncrement() > 0) {
                    throw new IOException("the queue is full");
                }
                return new Socket(target.address().getHost(), target.address().getPort());
            })) {
                assertThat(socket.isConnected()).isTrue();
                assertThat(opened).hasValueGreaterThan(1);
            }
        }
    }

    @Test
    void nobody_is_searched_for_long_at_each_request_of_a_step_that_polls() throws Exception {
        Trials trials = python(STUBBORN.replace("IS_STUBBORN", "chosen == me")
                .replace("SERVER", "server = open_socket()")
                .replace("OPEN", "server"));
        Plan plan = Plan.together("together", 2);
        Polling polling = new Polling(10, Duration.ofMillis(10));
        Scenario scenario = new Scenario(
                "polls",
                trials.steps(2).steps().stream()
                        .map(step -> step.number() == 2 ? step.withPolling(polling) : step)
                        .toList());
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(plan, scenario, Optional.empty(), 0)) {
            trial.playUpTo(1);
            Instant start = Instant.now();
            trial.playUpTo(2);

            assertThat(trial.run().exchanges().getLast().attempts()).isEqualTo(11);
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(60));
            assertThat(trial.run().weaknesses()).hasSize(1);
        }
    }

    @Test
    void a_connection_in_the_queue_of_one_that_takes_none_is_not_waited_for() throws Exception {
        Run run = python(STUBBORN.replace("IS_STUBBORN", "chosen != me")
                        .replace("SERVER", "")
                        .replace("OPEN", "open_socket()"))
                .play(Plan.together("together", STEPS));

        List<Exchange> exchanges = run.exchanges();
        assertThat(bodies(run)).hasSize(1).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
        assertThat(Duration.between(
                        exchanges.getFirst().at(), exchanges.getLast().at()))
                .isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void a_master_that_holds_connections_for_long_is_not_taken_for_who_answers() throws Exception {
        String busy = "let end = Date.now() + 600; while (Date.now() < end);";
        String server = CLUSTER.replace("PORT", "process.env.PORT")
                .replace("} else {", "} else { setInterval(() => {" + busy + "}, 50);");
        Run run = new Trials(folder).web("exec node server.js", server).play(Plan.together("together", 3));

        assertThat(bodies(run)).hasSize(1).isEqualTo(told(run));
        assertThat(run.weaknesses()).isEmpty();
    }

    @Test
    void who_accepts_only_with_the_request_is_waited_for_at_first_and_outside_the_time_of_the_request()
            throws Exception {
        String deferring = PREFORK.replace(
                "for _ in",
                "import socket\nserver.socket.listen(128)\nserver.socket.setsockopt(socket.IPPROTO_TCP, 9, 30)\nfor _ in");
        Run run = python(deferring).play(Plan.together("together", 4));

        List<Exchange> exchanges = run.exchanges();
        assertThat(exchanges).allSatisfy(each -> assertThat(each.took()).isLessThan(Duration.ofSeconds(3)));
        assertThat(Duration.between(exchanges.get(1).at(), exchanges.get(3).at()))
                .isLessThan(Duration.ofSeconds(8));
        assertThat(run.weaknesses()).isNotEmpty();
    }

    @Test
    void a_single_process_is_asked_as_if_there_were_no_steering() throws Exception {
        Trials trials = new Trials(folder)
                .web(
                        "exec node server.js",
                        "require('http').createServer((q, s) => s.end('ok')).listen(process.env.PORT);");
        Plan plan = Plan.together("together", 1);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(plan, trials.steps(1), Optional.empty(), 0)) {
            LabInstance instance = Lab.started(trial.instance(plan.seat(1)));

            assertThat(instance.target().orElseThrow().choice()).isSameAs(ConnectionChoice.ANY);
            assertThat(instance.answering()).isEqualTo(1);
        }
    }

    @Test
    void it_goes_through_the_relay_of_a_network_of_its_own() throws Exception {
        assumeThat(Isolation.probe().hasOwnNetworks()).isTrue();
        Trials trials = cluster("7391");
        Plan plan = Plan.together("together", STEPS);
        try (Lab lab = trials.lab()) {
            lab.giveOwnNetworks(new FixedPortException("web.1", List.of(7391)));
            try (Trial trial = lab.begin(plan, trials.steps(STEPS), Optional.empty(), 0)) {
                trial.playUpTo(STEPS);

                assertThat(bodies(trial.run())).hasSize(1).isEqualTo(told(trial.run()));
            }
        }
    }

    private static Set<Long> told(Run run) {
        Set<Long> pids = new HashSet<>();
        run.played().forEach(played -> pids.add(played.pid()));
        return pids;
    }

    private static Set<Long> bodies(Run run) {
        Set<Long> pids = new HashSet<>();
        run.exchanges().forEach(exchange -> pids.add(Long.parseLong(body(exchange))));
        return pids;
    }

    private static String body(Exchange exchange) {
        return exchange.response()
                .map(response -> response.content().text(StandardCharsets.UTF_8))
                .orElse("");
    }
}
