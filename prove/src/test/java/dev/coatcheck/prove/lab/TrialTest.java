package dev.coatcheck.prove.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class TrialTest {
    private static final String ANSWERS =
            "require('http').createServer((q, s) => s.end('ok ' + process.pid)).listen(process.env.PORT);";

    /** The common pool may have a single one. */
    private static final Executor OWN_THREAD =
            task -> Thread.ofVirtual().name("listener").start(task);

    @TempDir
    Path folder;

    @Test
    void what_starts_ahead_is_ready_before_the_first_step() throws Exception {
        String slow = "setTimeout(() => { " + ANSWERS + " }, 3000);";

        Run run = new Trials(folder).web("exec node server.js", slow).play(Plan.apart("apart", 4));

        Exchange first = run.exchanges().getFirst();
        assertThat(Duration.between(first.at(), run.exchanges().getLast().at()))
                .isLessThan(Duration.ofSeconds(8)); // of the 12 s that four starts take
    }

    @Test
    void a_worker_is_at_work_before_the_first_step() throws Exception {
        try (ServerSocket work = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> begun = CompletableFuture.supplyAsync(() -> received(work), OWN_THREAD);
            Trials trials = new Trials(folder)
                    .with("WORK", Integer.toString(work.getLocalPort()))
                    .file("Procfile", "web: exec node server.js\nworker: exec node worker.js\n")
                    .file("server.js", ANSWERS)
                    .file("worker.js", """
                            for (const end = Date.now() + 2000; Date.now() < end; );
                            require('net').connect(process.env.WORK, '127.0.0.1').end('begun');
                            setInterval(() => {}, 1000);
                            """);
            Plan plan = Plan.together("together", 1);
            try (Lab lab = trials.lab();
                    Trial trial = lab.begin(plan, trials.steps(1), Optional.empty(), 0)) {
                trial.playUpTo(1);

                assertThat(begun).isCompletedWithValue(5);
            }
        }
    }

    @Test
    void nothing_is_done_after_an_answer_by_a_process_that_is_killed_with_it() throws Exception {
        try (ServerSocket late = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Integer> bytes = CompletableFuture.supplyAsync(() -> received(late), OWN_THREAD);
            Trials trials = new Trials(folder)
                    .with("LATE", Integer.toString(late.getLocalPort()))
                    .web("exec node server.js", """
                            const late = require('net').connect(process.env.LATE, '127.0.0.1');
                            require('http').createServer((q, s) => {
                              if (q.headers['user-agent'] === 'coatcheck-readiness') return s.end();
                              s.end('done', () => setTimeout(() => late.write('done'), 3000));
                            }).listen(process.env.PORT);
                            """);
            Plan plan = Plan.together("crash", 1).withDeaths(Map.of(1, Death.OF_WHO_ANSWERED));

            try (Lab lab = trials.lab();
                    Trial trial = lab.begin(plan, trials.steps(1), Optional.empty(), 0)) {
                trial.playUpTo(1);

                // While the trial goes on, so that nothing but the kill ends it.
                assertThat(bytes.get(10, TimeUnit.SECONDS)).isZero();
                assertThat(trial.run().kills()).singleElement().matches(Run.Killed::gone);
            }
        }
    }

    private static int received(ServerSocket server) {
        try (Socket socket = server.accept()) {
            return socket.getInputStream().readAllBytes().length;
        } catch (IOException e) {
            return 0; // it was reset when the process was killed
        }
    }

    @Test
    void a_process_that_no_later_step_needs_ends_and_its_disk_with_it() throws Exception {
        int steps = 9;
        try (Lab lab = new Trials(folder).web("exec node server.js", ANSWERS).lab();
                Trial trial =
                        lab.begin(Plan.apart("apart", steps), new Trials(folder).steps(steps), Optional.empty(), 0)) {
            trial.playUpTo(steps);

            assertThat(trial.run().starts()).hasSize(steps);
            await().atMost(Duration.ofSeconds(10)).until(() -> trial.instances().size() <= 5);
            assertThat(lab.notes()).isEmpty();
        }
    }

    @Test
    void all_live_on_where_a_plan_is_not_played_to_its_end() throws Exception {
        int steps = 7;
        try (Lab lab = new Trials(folder).web("exec node server.js", ANSWERS).lab();
                Trial trial =
                        lab.begin(Plan.apart("apart", steps), new Trials(folder).steps(steps), Optional.empty(), 0)) {
            trial.playUpTo(steps - 1);
            trial.instance(Seat.at(steps - 1));

            assertThat(trial.instances()).hasSize(steps);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"web.1", "web.2"})
    void one_that_fails_beside_another_is_started_once_more_though_that_is_ready_by_then(String failing)
            throws Exception {
        Trials trials = new Trials(folder)
                .web(
                        "[ $COATCHECK_INSTANCE = " + failing
                                + " ] && mkdir tried && sleep 2 && exit 1; exec node server.js",
                        ANSWERS);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(Plan.apart("apart", 2), trials.steps(2), Optional.empty(), 0)) {
            assertThat(trial.playUpTo(2)).isTrue();

            assertThat(lab.notes())
                    .singleElement()
                    .asString()
                    .startsWith(failing + " ")
                    .contains("once more alone");
        }
    }

    @Test
    void the_process_that_answers_is_told_and_not_the_shell_that_started_it() throws Exception {
        Run run = new Trials(folder).web("node server.js; true", ANSWERS).play(Plan.together("together", 1));

        Run.Played played = run.played().getFirst();
        assertThat(body(played.exchange())).isEqualTo("ok " + played.pid());
        assertThat(run.starts()).extracting(Run.Started::pid).containsExactly(played.pid());
    }

    @Test
    void what_is_repeated_in_each_process_is_repeated_before_anything_changes_after_it() throws Exception {
        Plan plan =
                Plan.of("again", List.of(Seat.at(0), Seat.at(0), Seat.at(1))).repeating(new TreeSet<>(Set.of(1)));
        Scenario scenario = StepLines.read(List.of("PUT /note", "DELETE /note", "GET /note"), folder, List.of());

        Run run = new Trials(folder).web("exec node server.js", ANSWERS).play(plan, scenario);

        assertThat(run.played())
                .extracting(played -> played.exchange().step().number() + " on " + played.instance())
                .containsExactly("1 on web.1", "1 on web.2", "2 on web.1", "3 on web.2");
    }

    @Test
    void what_is_repeated_in_each_process_is_repeated_in_the_successor_of_a_killed_one() throws Exception {
        Plan plan =
                Plan.together("again", 2).withDeaths(Map.of(1, Death.OF_ALL)).repeating(new TreeSet<>(Set.of(1)));

        Run run = new Trials(folder).web("exec node server.js", ANSWERS).play(plan);

        assertThat(run.played()).extracting(Run.Played::repeated).containsExactly(false, true, false);
        assertThat(run.played().get(1).pid()).isEqualTo(run.played().get(2).pid());
    }

    @Test
    void a_trial_that_comes_from_elsewhere_comes_from_an_address_of_its_own() throws Exception {
        assumeTrue(LoopbackAddress.another().isPresent(), "this machine has one loopback address");
        Trials trials = new Trials(folder)
                .web(
                        "exec node server.js",
                        "require('http').createServer((q, s) => s.end(q.socket.remoteAddress))"
                                + ".listen(process.env.PORT, '127.0.0.1');");
        try (Lab lab = trials.lab()) {
            Set<String> addresses = new HashSet<>();
            for (int i = 0; i < 2; i++) {
                Plan plan = Plan.together("from elsewhere", 2);
                try (Trial trial = lab.begin(plan, trials.steps(2), Optional.empty(), 0, Manner.FROM_ELSEWHERE)) {
                    trial.playUpTo(2);
                    trial.run().exchanges().forEach(exchange -> addresses.add(body(exchange)));
                }
            }

            assertThat(addresses)
                    .hasSize(2)
                    .allMatch(address -> address.startsWith("127."))
                    .doesNotContain("127.0.0.1");
        }
    }

    @Test
    void a_step_may_go_on_with_what_its_user_had_before_another() throws Exception {
        String counting = """
                let n = 0;
                require('http').createServer((q, s) => {
                  s.writeHead(200, { 'Set-Cookie': 'n=' + ++n });
                  s.end(q.headers.cookie || 'none');
                }).listen(process.env.PORT);
                """;
        Trials trials = new Trials(folder).web("exec node server.js", counting);
        List<Step> steps = new ArrayList<>(trials.steps(6).steps());
        steps.set(1, steps.get(1).asOf(3));
        steps.set(3, steps.get(3).asOf(3));
        steps.set(5, steps.get(5).asOf(Step.BEGINNING));
        Plan plan = Plan.together("as of step 3", 6);
        try (Lab lab = trials.lab();
                Trial trial = lab.begin(plan, new Scenario("former", steps), Optional.empty(), 0)) {
            trial.playUpTo(6, exchange -> exchange.step().number() < 3);
            assertThat(trial.run().exchanges()).hasSize(3);
            trial.playUpTo(6);
            List<String> sent =
                    trial.run().exchanges().stream().map(TrialTest::body).toList();

            // The second and the fourth share a past, and know nothing of the third.
            assertThat(sent.get(1)).isEqualTo(sent.get(2));
            assertThat(number(sent.get(3))).isEqualTo(number(sent.get(1)) + 1);
            assertThat(number(sent.get(4))).isEqualTo(number(sent.get(3)) + 1);
            assertThat(sent.get(5)).isEqualTo("none");
        }
    }

    private static int number(String cookie) {
        return Integer.parseInt(cookie.replace("n=", ""));
    }

    @Test
    void a_read_that_differs_for_a_moment_is_forborne_and_one_that_goes_on_is_not() throws Exception {
        String late = """
                let asked = 0;
                require('http').createServer((q, s) => {
                  const late = process.env.COATCHECK_INSTANCE === 'web.2' && q.url === '/price';
                  s.end(late && ++asked <= Number(process.env.LATE) ? 'old' : 'new');
                }).listen(process.env.PORT);
                """;
        Plan plan = Plan.of("asked elsewhere", List.of(Seat.at(0), Seat.at(1)));
        assertThat(playForbearingly(late, "2", plan).run().broken()).isEmpty();
        assertThat(playForbearingly(late, "1000", plan).run().brokeAt(2)).isTrue();
    }

    @Test
    void what_has_changed_for_who_wrote_as_well_moves_by_itself() throws Exception {
        String moved = """
                require('http').createServer((q, s) => {
                  const alone = process.env.COATCHECK_INSTANCE === 'web.6';
                  s.end(alone || q.method === 'PUT' ? 'running' : 'done');
                }).listen(process.env.PORT);
                """;
        Plan plan = Plan.of("asked elsewhere", List.of(Seat.at(0), Seat.at(1)));

        Forborne forborne = playForbearingly(moved, "0", plan);

        assertThat(forborne.run().broken()).isEmpty();
        assertThat(forborne.moving()).containsExactly(2);
    }

    private record Forborne(Run run, Set<Integer> moving) {}

    private Forborne playForbearingly(String server, String asks, Plan plan) throws InterruptedException {
        Trials trials = new Trials(folder).with("LATE", asks).web("exec node server.js", server);
        Scenario scenario = StepLines.read(List.of("PUT /price", "GET /price"), folder, List.of());
        try (Lab lab = trials.lab()) {
            List<List<Exchange>> alone = new ArrayList<>();
            for (int i = 0; i < Control.LEAST_RUNS; i++) {
                try (Trial trial = lab.begin(Plan.together("control", 2), scenario, Optional.empty(), 5)) {
                    trial.playUpTo(2);
                    alone.add(trial.run().exchanges());
                }
            }
            Control control = Control.learn(alone);
            try (Trial trial = lab.begin(plan, scenario, Optional.of(control), 0, Manner.FORBEARING)) {
                trial.playUpTo(2);
                return new Forborne(trial.run(), trial.moving());
            }
        }
    }

    @Test
    void workers_may_have_any_name() throws Exception {
        new Trials(folder)
                .web("exec node server.js", ANSWERS)
                .file("Procfile", "web: exec node server.js\nmail_worker: exec sleep 1000\n");
        Plan plan = Plan.apart("amnesia", 2).withDeaths(Map.of(1, Death.OF_ALL));

        Run run = new Trials(folder).play(plan);

        assertThat(run.kills()).extracting(Run.Killed::instance).containsExactly("web.1", "mail_worker.1");
        assertThat(run.starts().stream().map(Run.Started::instance).toList())
                .containsExactlyInAnyOrder("web.1", "web.2", "mail_worker.1", "mail_worker.1");
    }

    @Test
    void what_was_split_is_played_unsplit_among_as_many_processes_and_in_as_much_time() throws Exception {
        Duration gap = Duration.ofMillis(600);
        Plan plan = Plan.apart("apart", 3).unsplit("unsplit", Map.of(3, gap), 3);

        Run run = new Trials(folder).web("exec node server.js", ANSWERS).play(plan);

        assertThat(run.starts()).extracting(Run.Started::instance).containsExactlyInAnyOrder("web.1", "web.2", "web.3");
        assertThat(run.played()).extracting(Run.Played::instance).containsExactly("web.1", "web.1", "web.1");
        assertThat(run.gaps().getOrDefault(3, Duration.ZERO)).isGreaterThanOrEqualTo(gap.minusMillis(5));
    }

    @Test
    void unsplit_as_many_live_beside_the_one_that_serves_as_lived_when_it_was_split() throws Exception {
        int steps = Trial.STARTED_AHEAD + 2;
        Trials trials = new Trials(folder).web("exec node server.js", ANSWERS);
        Run split = trials.play(Plan.apart("apart", steps));

        Run unsplit = trials.play(split.plan().unsplit("unsplit", Map.of(), split.livedAtOnce()));

        assertThat(split.livedAtOnce()).isGreaterThanOrEqualTo(Trial.STARTED_AHEAD);
        assertThat(unsplit.livedAtOnce()).isEqualTo(split.livedAtOnce());
        assertThat(unsplit.starts()).hasSize(split.livedAtOnce());
    }

    @Test
    void a_stream_that_ends_alone_has_to_end_in_a_fleet_but_not_behind_a_kill() throws Exception {
        String silent = """
                require('http').createServer((q, s) => {
                  s.writeHead(200, { 'Content-Type': 'text/event-stream' });
                  if (q.method === 'POST' || process.env.COATCHECK_INSTANCE > 'web.4') return s.end('data: done\\n\\n');
                  s.write(': working\\n\\n');
                }).listen(process.env.PORT);
                """;
        Scenario scenario = StepLines.read(List.of("POST /jobs", "GET /events"), folder, List.of());
        try (Lab lab = new Trials(folder).web("exec node server.js", silent).lab()) {
            List<List<Exchange>> alone = new ArrayList<>();
            for (int i = 0; i < Control.LEAST_RUNS; i++) {
                alone.add(play(lab, Plan.together("control", 2), scenario, Optional.empty(), 5)
                        .exchanges());
            }
            Optional<Control> control = Optional.of(Control.learn(alone));
            Plan apart = Plan.apart("apart", 2);

            Run split = play(lab, apart, scenario, control, 0);
            Run killed = play(lab, apart.withDeaths(Map.of(1, Death.OF_WHO_ANSWERED)), scenario, control, 0);

            assertThat(split.brokeAt(2)).as("%s", split.broken()).isTrue();
            assertThat(killed.broken()).isEmpty();
        }
    }

    private static Run play(Lab lab, Plan plan, Scenario scenario, Optional<Control> control, int nameOffset)
            throws InterruptedException {
        try (Trial trial = lab.begin(plan, scenario, control, nameOffset, Manner.USUAL)) {
            trial.playUpTo(plan.steps());
            return trial.run();
        }
    }

    private static String body(Exchange exchange) {
        return exchange.response()
                .map(response -> new String(response.content().bytes(), StandardCharsets.UTF_8))
                .orElse("");
    }
}
