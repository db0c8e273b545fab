package dev.coatcheck.prove;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.host.TcpPorts;
import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.lab.ElsewhereSettings;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.report.FoundLeak;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import dev.coatcheck.prove.report.Verdict;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Instances that run already, none of which the prover has started. */
class ElsewhereTest {
    private static final List<String> LOGIN = List.of("POST /login name={{run}}", "GET /me", "GET /me?again");

    @TempDir
    Path folder;

    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<String, Integer> requests = new ConcurrentHashMap<>();
    private final Set<String> hosts = ConcurrentHashMap.newKeySet();

    @AfterEach
    void stop() {
        servers.forEach(server -> server.stop(0));
    }

    @Test
    void sessions_that_each_instance_keeps_for_itself_are_found() throws Exception {
        Report report = prove(instance(new ConcurrentHashMap<>()), instance(new ConcurrentHashMap<>()));

        assertThat(report.verdict()).isEqualTo(Verdict.STATEFUL);
        FoundLeak leak = report.leaks().getFirst();
        assertThat(leak.check()).isEqualTo("spread");
        assertThat(leak.cause()).isEqualTo(Cause.UNKNOWN);
        assertThat(leak.polluter().orElseThrow().step()).isEqualTo(1);
        assertThat(leak.victim().step()).isEqualTo(2);
        assertThat(leak.locations()).isEmpty();
        assertThat(leak.difference()).contains("200").contains("401");
    }

    @Test
    void sessions_that_all_of_them_share_are_none_and_what_stays_open_is_said() throws Exception {
        Map<String, String> store = new ConcurrentHashMap<>();

        Report report = prove(instance(store), instance(store), instance(store));

        assertThat(report.verdict())
                .as(TerminalFace.text(report, Screen.plain()))
                .isEqualTo(Verdict.STATELESS);
        assertThat(report.subject().instances()).isEqualTo(3);
        assertThat(report.coverage().separated()).isEqualTo(3);
        assertThat(outcomes(report))
                .containsEntry("spread", CheckResult.Outcome.PASSED)
                .containsEntry("amnesia", CheckResult.Outcome.SKIPPED)
                .containsEntry("restart", CheckResult.Outcome.SKIPPED)
                .containsEntry("crash", CheckResult.Outcome.SKIPPED)
                .containsEntry("factors", CheckResult.Outcome.SKIPPED);
        assertThat(report.checks())
                .contains(new CheckResult("again", CheckResult.Outcome.SKIPPED, CheckResult.NOT_ASKED_FOR));
        assertThat(report.notes()).anyMatch(note -> note.contains("stays open what dies with a process"));
        assertThat(hosts).containsExactly("shop.example");
        // Three controls, two or three splits, and two controls and a run of agree; but no step a dozen times.
        assertThat(requests.get("/login")).isBetween(6, 30);
    }

    @Test
    void all_steps_are_parted_where_there_are_fewer_instances_than_steps() throws Exception {
        List<String> steps = List.of("POST /login name={{run}}", "GET /health", "GET /me", "GET /health?again");
        Map<String, String> store = new ConcurrentHashMap<>();

        Report leaking = prove(
                List.of(instance(new ConcurrentHashMap<>()), instance(new ConcurrentHashMap<>())),
                Optional.empty(),
                steps,
                Set.of(Check.SPREAD));
        Report clean = prove(List.of(instance(store), instance(store)), Optional.empty(), steps, Set.of(Check.SPREAD));

        assertThat(leaking.verdict()).isEqualTo(Verdict.STATEFUL);
        assertThat(leaking.leaks().getFirst().polluter().orElseThrow().step()).isEqualTo(1);
        assertThat(leaking.leaks().getFirst().victim().step()).isEqualTo(3);
        assertThat(clean.verdict()).isEqualTo(Verdict.STATELESS);
        assertThat(clean.coverage().separated()).isEqualTo(6);
    }

    @Test
    void an_instance_of_another_release_is_no_leak_however_many_there_are() throws Exception {
        Map<String, String> store = new ConcurrentHashMap<>();
        URI another = instance(exchange -> {
            exchange.getResponseHeaders().add("Content-Language", "de");
            exchange.sendResponseHeaders(exchange.getRequestURI().getPath().equals("/login") ? 302 : 200, -1);
        });

        Report report = prove(instance(store), instance(store), instance(store), another);

        assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(report.leaks()).isEmpty();
        assertThat(report.reason().orElseThrow()).contains("one may be of another release");
    }

    @Test
    void a_limit_that_each_instance_counts_for_itself_is_found_where_again_is_chosen() throws Exception {
        Report report = prove(
                List.of(limited("limit-1"), limited("limit-2")),
                Optional.of("rm -f limit-*"),
                List.of("GET /health", "POST /login name={{run}}"),
                EnumSet.of(Check.SPREAD, Check.AGAIN));

        assertThat(report.leaks())
                .as(TerminalFace.text(report, Screen.plain()))
                .extracting(FoundLeak::check, FoundLeak::cause)
                .containsExactly(tuple("again", Cause.COUNTER));
    }

    @Test
    void a_copy_that_an_instance_keeps_of_what_was_written_to_another_is_found() throws Exception {
        AtomicReference<String> stored = new AtomicReference<>("nothing");

        Report report = prove(
                List.of(copying(stored), copying(stored)),
                Optional.empty(),
                List.of("GET /title", "POST /title name={{run}}", "GET /title"),
                EnumSet.of(Check.AGREE));

        assertThat(report.leaks())
                .as(TerminalFace.text(report, Screen.plain()))
                .singleElement()
                .satisfies(leak -> {
                    assertThat(leak.check()).isEqualTo("agree");
                    assertThat(leak.polluter().orElseThrow().step()).isEqualTo(2);
                    assertThat(leak.victim().step()).isEqualTo(3);
                });
    }

    /** Lets five log in, and counts them in a file of its own. */
    private URI limited(String name) throws IOException {
        Path counted = folder.resolve(name);
        return instance(exchange -> {
            exchange.getRequestBody().readAllBytes();
            if (exchange.getRequestURI().getPath().equals("/login")) {
                Files.writeString(counted, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
            boolean isOver = Files.exists(counted) && Files.size(counted) > 5;
            exchange.sendResponseHeaders(isOver ? 429 : 204, -1);
        });
    }

    /** Reads what is stored once, and keeps it for itself; what it writes it reads anew. */
    private URI copying(AtomicReference<String> stored) throws IOException {
        AtomicReference<String> copy = new AtomicReference<>("");
        return instance(exchange -> {
            String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            if (exchange.getRequestMethod().equals("POST")) {
                stored.set(sent);
                copy.set(sent);
            }
            copy.compareAndSet("", stored.get());
            byte[] body = copy.get().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        });
    }

    @Test
    void two_names_of_one_instance_are_not_two() throws Exception {
        URI one = instance(new ConcurrentHashMap<>());
        URI same = URI.create("http://localhost:" + one.getPort());

        assertThatThrownBy(() -> prove(one, same))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("an address of its own");
    }

    @Test
    void an_address_of_a_balancer_is_taken_for_one() throws Exception {
        List<Map<String, String>> behind = List.of(new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        List<HttpExchange> seen = new ArrayList<>();
        URI balancer = instance(exchange -> {
            seen.add(exchange);
            answer(exchange, behind.get(seen.size() / 3 % 2));
        });

        Report report = prove(balancer, instance(new ConcurrentHashMap<>()));

        assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(report.reason().orElseThrow())
                .contains(
                        "GET /me",
                        "127.0.0.1:" + balancer.getPort() + " is the address of a balancer before several instances");
    }

    @Test
    void an_instance_that_does_not_answer_is_named() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + TcpPorts.free());

        Report report = prove(instance(new ConcurrentHashMap<>()), nobody);

        assertThat(report.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(report.reason().orElseThrow()).contains(nobody.toString());
    }

    @Test
    void a_reset_runs_before_each_run_and_its_failure_is_told_in_its_words() throws Exception {
        Map<String, String> store = new ConcurrentHashMap<>();
        List<URI> both = List.of(instance(store), instance(store));

        Report clean = prove(both, Optional.of("echo reset >> resets"));
        Report failed = prove(both, Optional.of("echo 'no such database' >&2; exit 3"));

        assertThat(Files.readAllLines(folder.resolve("resets")))
                .hasSizeGreaterThanOrEqualTo(clean.runs().size());
        assertThat(clean.verdict()).as(TerminalFace.text(clean, Screen.plain())).isEqualTo(Verdict.STATELESS);
        assertThat(clean.checks()).anySatisfy(check -> {
            assertThat(check.name()).isEqualTo("again");
            assertThat(check.why()).contains(" requests more, each step up to 12 times");
        });
        assertThat(failed.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(failed.reason().orElseThrow()).contains("--reset").contains("no such database");
    }

    private static Map<String, CheckResult.Outcome> outcomes(Report report) {
        Map<String, CheckResult.Outcome> outcomes = new ConcurrentHashMap<>();
        report.checks().forEach(check -> outcomes.put(check.name(), check.outcome()));
        return outcomes;
    }

    private Report prove(URI... instances) throws InterruptedException {
        return prove(List.of(instances), Optional.empty());
    }

    private Report prove(List<URI> instances, Optional<String> reset) throws InterruptedException {
        return Proof.of(
                ProofSettings.of(settings(instances, reset), StepLines.read(LOGIN, folder, Set.of())),
                Progress.silent());
    }

    private Report prove(List<URI> instances, Optional<String> reset, List<String> steps, Set<Check> checks)
            throws InterruptedException {
        ProofSettings.Source source =
                new ProofSettings.Source(StepLines.read(steps, folder, Set.of()), Optional.empty());
        return Proof.of(ProofSettings.of(settings(instances, reset), List.of(source), checks), Progress.silent());
    }

    private ElsewhereSettings settings(List<URI> instances, Optional<String> reset) {
        return new ElsewhereSettings(
                instances, URI.create("http://shop.example"), folder, Map.of(), Duration.ofSeconds(10), reset);
    }

    private interface Answering {
        void answer(HttpExchange exchange) throws IOException;
    }

    private URI instance(Map<String, String> sessions) throws IOException {
        return instance(exchange -> answer(exchange, sessions));
    }

    private URI instance(Answering answering) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> {
            try (exchange) {
                requests.merge(exchange.getRequestURI().getPath(), 1, Integer::sum);
                hosts.add(String.valueOf(exchange.getRequestHeaders().getFirst("Host")));
                answering.answer(exchange);
            }
        });
        server.start();
        servers.add(server);
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private static void answer(HttpExchange exchange, Map<String, String> sessions) throws IOException {
        byte[] sent = exchange.getRequestBody().readAllBytes();
        if (exchange.getRequestURI().getPath().equals("/login")) {
            String id = UUID.randomUUID().toString();
            sessions.put(id, new String(sent, StandardCharsets.UTF_8));
            exchange.getResponseHeaders().add("Set-Cookie", "sid=" + id);
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        if (exchange.getRequestURI().getPath().equals("/health")) {
            exchange.sendResponseHeaders(204, -1);
            return;
        }
        String cookie = String.valueOf(exchange.getRequestHeaders().getFirst("Cookie"));
        String name = sessions.getOrDefault(cookie.replaceFirst(".*sid=", ""), "");
        byte[] body = (name.isEmpty() ? "who are you?" : name).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(name.isEmpty() ? 401 : 200, body.length);
        exchange.getResponseBody().write(body);
    }
}
