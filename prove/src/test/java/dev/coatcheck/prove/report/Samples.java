package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Cause;
import dev.coatcheck.prove.factor.Factor;
import dev.coatcheck.prove.factor.Observation;
import dev.coatcheck.prove.factor.Observation.Standing;
import dev.coatcheck.prove.report.CheckResult.Outcome;
import dev.coatcheck.prove.report.RunRecord.Kill;
import dev.coatcheck.prove.report.RunRecord.Start;
import dev.coatcheck.prove.report.RunRecord.StepRun;
import dev.coatcheck.prove.report.RunRecord.Weight;
import dev.coatcheck.prove.report.ScenarioSummary.StepSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/** Results of proofs as they come up, and as nobody wishes them. */
enum Samples {
    STATELESS,
    ONE_LEAK,
    TWO_LEAKS,
    WITHOUT_POLLUTER,
    INCONCLUSIVE,
    NOTHING_PLAYED,
    LONG_NAMES,
    HOSTILE,
    RIGHT_TO_LEFT,
    EVERY_CAUSE,
    SENT_AGAIN,
    ALL_ACCEPTED,
    ONE_ACCEPTED,
    ADVICE,
    STRICT,
    FAILED_DRAIN;

    static final String LOGIN = "POST /login";
    static final String ME = "GET /me";

    Report report() {
        return switch (this) {
            case STATELESS -> stateless();
            case ONE_LEAK -> oneLeak();
            case TWO_LEAKS -> twoLeaks();
            case WITHOUT_POLLUTER -> withoutPolluter();
            case INCONCLUSIVE -> inconclusive();
            case NOTHING_PLAYED -> nothingPlayed();
            case LONG_NAMES -> longNames();
            case HOSTILE -> hostile();
            case RIGHT_TO_LEFT -> rightToLeft();
            case EVERY_CAUSE -> everyCause();
            case SENT_AGAIN -> sentAgain();
            case ALL_ACCEPTED -> acceptedLeaks(Verdict.STATELESS);
            case ONE_ACCEPTED -> acceptedLeaks(Verdict.STATEFUL);
            case ADVICE -> advised(Outcome.PASSED);
            case STRICT -> advised(Outcome.FAILED);
            case FAILED_DRAIN -> failedDrain();
        };
    }

    String file() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Report stateless() {
        List<String> requests = List.of(LOGIN, ME, "POST /photos", "GET /photos/1");
        return new Report(
                Verdict.STATELESS,
                Optional.empty(),
                List.of(scenario("login", requests)),
                List.of(
                        new CheckResult("spread", Outcome.PASSED, "3 runs over 3 instances, all as in the control"),
                        new CheckResult(
                                "amnesia",
                                Outcome.PASSED,
                                "each process was killed after its answer, and none was missed"),
                        new CheckResult("restart", Outcome.PASSED, "all processes were killed after step 2"),
                        new CheckResult("crash", Outcome.SKIPPED, "no step of the scenario writes"),
                        new CheckResult(
                                "agree", Outcome.PASSED, "each process was asked after the writes; same answers"),
                        new CheckResult("again", Outcome.SKIPPED, "none was refused"),
                        new CheckResult("sockets", Outcome.SKIPPED, "no step opens a WebSocket or a stream of events"),
                        new CheckResult("factors", Outcome.PASSED, "all rules are kept")),
                new CoverageSummary(6, 6, 7),
                List.of(),
                List.of(
                        control("login", requests),
                        spread("login", requests, -1, ""),
                        amnesia("login", requests, -1, "")),
                List.of("step 2 $.json.servedAt: a time as \"2026-11-21T09:…\"", "step 3 header X-Request-Id: a UUID"),
                List.of("Disks were separated by copies of the folder, since the kernel allows no namespaces here: what"
                        + " an application writes elsewhere by an absolute path was shared."),
                subject("gallery", "java -jar target/gallery.jar"),
                times());
    }

    private static Report advised(Outcome outcome) {
        Report stateless = stateless();
        List<CheckResult> checks = new ArrayList<>(stateless.checks());
        checks.removeLast();
        checks.add(new CheckResult(
                "factors",
                outcome,
                outcome == Outcome.FAILED
                        ? "2 rules broken (config, logs; --strict)"
                        : "2 recommendations (config, logs), without effect on the verdict"));
        return new Report(
                stateless.verdict(),
                stateless.reason(),
                stateless.scenarios(),
                checks,
                stateless.coverage(),
                stateless.leaks(),
                stateless.runs(),
                stateless.noise(),
                List.of(),
                stateless.subject(),
                stateless.timeSpent(),
                List.of(
                        new Observation(Factor.CONFIG, Standing.NOT_KEPT, "it starts without REDIS_URL"),
                        new Observation(Factor.SAME_CONFIG, Standing.NOT_LOOKED_AT, "there was no second instance"),
                        new Observation(Factor.LOGS, Standing.NOT_KEPT, "it wrote to log/production.log (412 bytes)"),
                        new Observation(Factor.STOP, Standing.KEPT, "it was gone 0.1 s after SIGTERM")));
    }

    private static Report failedDrain() {
        Report stateless = stateless();
        return new Report(
                stateless.verdict(),
                stateless.reason(),
                stateless.scenarios(),
                List.of(
                        new CheckResult("spread", Outcome.PASSED, "3 runs over 3 instances, all as in the control"),
                        new CheckResult("drain", Outcome.FAILED, "step 1 POST /login was under way when SIGTERM came"),
                        new CheckResult("scale", Outcome.PASSED, "300 requests were answered as before")),
                new CoverageSummary(6, 6, 0),
                List.of(),
                stateless.runs().subList(0, 2),
                List.of(),
                List.of(),
                stateless.subject(),
                stateless.timeSpent());
    }

    private static Report oneLeak() {
        List<String> requests = List.of(LOGIN, ME);
        return stateful(
                requests,
                List.of(
                        new CheckResult(
                                "spread", Outcome.FAILED, "step 2 missed what step 1 had left in another process"),
                        explained("amnesia"),
                        explained("restart"),
                        new CheckResult("crash", Outcome.PASSED, "no write was lost")),
                List.of(memory(requests)),
                "401");
    }

    private static CheckResult explained(String check) {
        return new CheckResult(check, Outcome.FAILED, "step 2 broke, for the same reason as leak 1", true);
    }

    private static Report twoLeaks() {
        List<String> requests = List.of(LOGIN, ME, "POST /photos", "GET /photos/1");
        FoundLeak file = new FoundLeak(
                "spread",
                Cause.LOCAL_FILE,
                Optional.of(ref(requests, 3)),
                ref(requests, 4),
                "status 200 in the control, 404 in the fleet",
                List.of(new FoundLocation(
                        FoundLocation.Kind.FILE, "web.2", "uploads/4f1c9a.jpg (12 KiB, holds the needle)")),
                Cause.LOCAL_FILE.remedy(),
                "coatcheck prove . --scenario login.hurl --checks spread",
                List.of("steps 3 and 4 in one process: ok", "in two on one disk: ok", "on two disks: broken"),
                Optional.empty());
        return stateful(
                requests,
                List.of(new CheckResult("spread", Outcome.FAILED, "two leaks, the second behind the first")),
                List.of(memory(requests), file),
                "401");
    }

    private static Report acceptedLeaks(Verdict verdict) {
        Report two = twoLeaks();
        Acceptance acceptance =
                new Acceptance("photos move to the object store with release 12", LocalDate.parse("2027-01-31"));
        List<FoundLeak> leaks = two.leaks().stream()
                .map(leak -> verdict == Verdict.STATELESS || leak.cause() == Cause.LOCAL_FILE
                        ? leak.accepted(acceptance)
                        : leak)
                .toList();
        return new Report(
                verdict,
                Optional.empty(),
                two.scenarios(),
                two.checks(),
                two.coverage(),
                leaks,
                two.runs(),
                two.noise(),
                two.notes(),
                two.subject(),
                two.timeSpent());
    }

    private static Report withoutPolluter() {
        List<String> requests = List.of("GET /", "POST /cart", "GET /cart");
        FoundLeak leak = new FoundLeak(
                "amnesia",
                Cause.UNKNOWN,
                Optional.empty(),
                ref(requests, 3),
                "body: $.total was 3 in the control and is missing in the fleet",
                List.of(),
                Cause.UNKNOWN.remedy(),
                "coatcheck prove . --scenario shop.hurl --checks amnesia",
                List.of("step 1 beside step 3: broken", "step 2 beside step 3: broken"),
                Optional.of("between web and worker"));
        return stateful(
                requests,
                List.of(new CheckResult("amnesia", Outcome.FAILED, "step 3 missed something")),
                List.of(leak),
                "200");
    }

    private static Report inconclusive() {
        List<String> requests = List.of(LOGIN, ME);
        return new Report(
                Verdict.INCONCLUSIVE,
                Optional.of(
                        "the control itself fails: step 1, POST /login, answered 500. The application's log says"
                                + " 'connection refused: localhost:6379'. Start its Redis, or let the prover start one: --with redis."),
                List.of(scenario("login", requests)),
                List.of(
                        new CheckResult("control", Outcome.INCONCLUSIVE, "step 1 answered 500 three times"),
                        new CheckResult("spread", Outcome.SKIPPED, "there is no control to compare with")),
                new CoverageSummary(1, 0, 0),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                subject("shop", "node server.js"),
                Map.of("control", Duration.ofMillis(4100)));
    }

    private static Report nothingPlayed() {
        return new Report(
                Verdict.INCONCLUSIVE,
                Optional.of("web.1 was not ready after 60 s: GET / was refused on TCP port 41023. Give the application"
                        + " longer with --start-timeout, or name the path that tells that it is ready with --ready."),
                List.of(),
                List.of(),
                new CoverageSummary(0, 0, 0),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                subject("shop", "bin/web"),
                Map.of());
    }

    private static Report longNames() {
        String path = "/organisations/northwind/projects/" + "a-very-long-name-of-a-project-".repeat(4) + "/settings";
        List<String> requests = IntStream.rangeClosed(1, 12)
                .mapToObj(i -> "PATCH " + path + "/" + i)
                .toList();
        FoundLeak leak = new FoundLeak(
                "spread",
                Cause.MEMORY,
                Optional.of(ref(requests, 2)),
                ref(requests, 12),
                "body: $.settings.notifications.channels[0].addresses[3] was \"b\" in the control and is \"a\" in the fleet",
                List.of(
                        new FoundLocation(
                                FoundLocation.Kind.HEAP,
                                "web.1",
                                "com.northwind.platform.projects.settings.infrastructure.CachedProjectSettingsRepository"
                                        + ".settingsByProject (static ConcurrentHashMap) → [\"a-very-long…\"] → Settings.channels")),
                Cause.MEMORY.remedy(),
                "coatcheck prove services/platform --scenario services/platform/scenarios/settings-of-a-project.hurl"
                        + " --checks spread --instances 3 --variable project=northwind",
                List.of(),
                Optional.empty());
        return stateful(
                requests,
                List.of(new CheckResult("spread", Outcome.FAILED, "step 12 missed what step 2 had left")),
                List.of(leak),
                "200");
    }

    private static Report hostile() {
        String script = "\"><script>alert(document.domain)</script><img src=x onerror=alert(1)>";
        List<String> requests = List.of("POST /login?password=hunter2&next=" + script, "GET /\u001b[2J\u202E" + script);
        FoundLeak leak = new FoundLeak(
                "spread",
                Cause.MEMORY,
                Optional.of(ref(requests, 1)),
                ref(requests, 2),
                "body: $.x was \"" + script + "]]>\u0000\uD800\uFFFF\" in the control and is missing in the fleet",
                List.of(new FoundLocation(FoundLocation.Kind.MEMORY, "web.1' onload='x", "</code></style>" + script)),
                "Do as <b>" + script + "</b> says.",
                "coatcheck prove --step 'POST /login {\"password\":\"hunter2\"}' --step 'GET /me " + script + "'",
                List.of("sent Cookie: sid=hunter2; theme=dark", "Authorization: Bearer hunter2hunter2", script),
                Optional.of(script));
        return new Report(
                Verdict.STATEFUL,
                Optional.empty(),
                List.of(new ScenarioSummary(script, Optional.of("a b/#%<" + script + ">.hurl"), steps(requests))),
                List.of(new CheckResult("spread", Outcome.FAILED, script + "\nand another line")),
                new CoverageSummary(1, 1, 0),
                List.of(leak),
                List.of(control("login", requests), spread("login", requests, 2, script)),
                List.of(script),
                List.of(script),
                subject(
                        script,
                        "DATABASE_URL=postgresql://app:hunter2@db/app node server.js --token=hunter2 " + script),
                Map.of(script, Duration.ofSeconds(1)));
    }

    private static Report rightToLeft() {
        List<String> requests = List.of("POST /כניסה", "GET /商品/👩‍👩‍👧/סל");
        FoundLeak leak = new FoundLeak(
                "spread",
                Cause.STALE_CACHE,
                Optional.of(ref(requests, 1)),
                ref(requests, 2),
                "body: $.שם was \"مرحبا\" in the control and is \"再见 👋🏽\" in the fleet",
                List.of(new FoundLocation(FoundLocation.Kind.MEMORY, "web.1", "האחסון")),
                Cause.STALE_CACHE.remedy(),
                "coatcheck prove . --step 'POST /כניסה' --step 'GET /商品/👩‍👩‍👧/סל'",
                List.of(),
                Optional.empty());
        return stateful(
                requests,
                List.of(new CheckResult("agree", Outcome.FAILED, "web.2 said \"再见 👋🏽\" for 5 s")),
                List.of(leak),
                "200");
    }

    private static Report everyCause() {
        List<String> requests = List.of(LOGIN, ME, "GET /log-out");
        List<FoundLeak> leaks = new ArrayList<>();
        for (Cause cause : Cause.values()) {
            leaks.add(new FoundLeak(
                    "spread",
                    cause,
                    Optional.of(ref(requests, 1)),
                    ref(requests, 2),
                    cause == Cause.SOCKET_REGISTRY
                            ? "the socket of step 1 hears \"{\"said\":\"hi\"}\" in the control, nothing of it in the fleet"
                            : "status 200 in the control, 401 in the fleet",
                    List.of(),
                    cause.remedy(),
                    "coatcheck prove . --scenario login.hurl",
                    List.of(),
                    Optional.empty()));
        }
        return stateful(requests, List.of(new CheckResult("spread", Outcome.FAILED, "twelve leaks")), leaks, "401");
    }

    /** One leak of a scenario of two steps. */
    static Report stateful(FoundLeak leak) {
        return stateful(
                List.of(LOGIN, ME),
                List.of(new CheckResult(leak.check(), Outcome.FAILED, "it broke")),
                List.of(leak),
                "401");
    }

    /** A copy that is stale for a while, and leaks of a step by itself. */
    private static Report sentAgain() {
        List<String> requests = List.of(LOGIN, "PUT /price", "GET /price");
        List<FoundLeak> leaks = new ArrayList<>(List.of(new FoundLeak(
                "agree",
                Cause.STALE_CACHE,
                Optional.of(ref(requests, 2)),
                ref(requests, 3),
                "body: $.price was 250 in the control and is 100 in the fleet",
                List.of(),
                Cause.STALE_CACHE.remedy(),
                "coatcheck prove . --scenario shop.hurl --checks agree",
                List.of(),
                Optional.of("until 2.0 s after the write"))));
        for (Cause cause : List.of(Cause.COUNTER, Cause.REVOCATION, Cause.ID_COLLISION)) {
            leaks.add(new FoundLeak(
                    "again",
                    cause,
                    Optional.of(ref(requests, 1)),
                    ref(requests, 1),
                    cause == Cause.ID_COLLISION
                            ? "body: $.id was another one each time in the control and is 7 again in the fleet"
                            : "status 429 in the control, 200 in the fleet",
                    List.of(),
                    cause.remedy(),
                    "coatcheck prove . --scenario shop.hurl --checks again",
                    List.of(),
                    cause == Cause.COUNTER
                            ? Optional.of("in 3 processes that let 15 pass, where one refuses the 6th")
                            : Optional.empty()));
        }
        return stateful(
                requests,
                List.of(
                        new CheckResult("agree", Outcome.FAILED, "step 3 broke"),
                        new CheckResult("again", Outcome.FAILED, "step 1 broke")),
                leaks,
                "200");
    }

    private static FoundLeak memory(List<String> requests) {
        return new FoundLeak(
                "spread",
                Cause.MEMORY,
                Optional.of(ref(requests, 1)),
                ref(requests, 2),
                "status 200 in the control, 401 in the fleet",
                List.of(
                        new FoundLocation(
                                FoundLocation.Kind.HEAP,
                                "web.1",
                                "com.acme.Login.sessions (static ConcurrentHashMap) → [\"4f1c9a…\"] → Session.user"),
                        new FoundLocation(
                                FoundLocation.Kind.MEMORY,
                                "web.1",
                                "the cookie sid of step 1 in the memory of process 4101 (java): its heap")),
                Cause.MEMORY.remedy(),
                "coatcheck prove . --scenario login.hurl --checks spread",
                List.of(
                        "steps 1 and 2 in one process: ok",
                        "in two on one disk: broken",
                        "killed and started again: broken"),
                Optional.empty());
    }

    private static Report stateful(
            List<String> requests, List<CheckResult> checks, List<FoundLeak> leaks, String answer) {
        int victim = leaks.getFirst().victim().step();
        String difference = leaks.getFirst().difference();
        List<RunRecord> runs = new ArrayList<>();
        runs.add(control("login", requests));
        runs.add(spread("login", requests, victim, answer + "|" + difference));
        runs.add(amnesia("login", requests, victim, answer + "|" + difference));
        if (leaks.size() == 2) {
            RunRecord second = spread(
                    "login",
                    requests,
                    leaks.get(1).victim().step(),
                    "404|" + leaks.get(1).difference());
            runs.add(new RunRecord(
                    "spread 2, the first leak tolerated",
                    "spread",
                    second.weight(),
                    second.steps(),
                    second.starts(),
                    second.kills()));
        }
        return new Report(
                Verdict.STATEFUL,
                Optional.empty(),
                List.of(scenario("login", requests)),
                checks,
                new CoverageSummary(
                        requests.size() * (requests.size() - 1) / 2, requests.size() * (requests.size() - 1) / 2, 2),
                leaks,
                runs,
                List.of(),
                List.of(),
                subject("shop", "node server.js"),
                times());
    }

    private static RunRecord control(String scenario, List<String> requests) {
        List<StepRun> steps = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            steps.add(run(scenario, requests, i, "web.1", 4101, -1, ""));
        }
        return new RunRecord(
                "control 1",
                "control",
                Weight.REFERENCE,
                steps,
                List.of(new Start("web.1", 4101, Duration.ofMillis(-900), Duration.ofMillis(610))),
                List.of());
    }

    private static RunRecord spread(String scenario, List<String> requests, int victim, String seen) {
        List<StepRun> steps = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            steps.add(run(scenario, requests, i, "web." + (i % 3 + 1), 4201 + i % 3, victim, seen));
        }
        List<Start> starts = IntStream.range(0, 3)
                .mapToObj(i -> new Start("web." + (i + 1), 4201 + i, Duration.ofMillis(-800), Duration.ofMillis(590)))
                .toList();
        return new RunRecord("spread 1", "spread", victim < 0 ? Weight.FOR : Weight.AGAINST, steps, starts, List.of());
    }

    private static RunRecord amnesia(String scenario, List<String> requests, int victim, String seen) {
        List<StepRun> steps = new ArrayList<>();
        List<Start> starts = new ArrayList<>();
        List<Kill> kills = new ArrayList<>();
        for (int i = 0; i < requests.size(); i++) {
            steps.add(run(scenario, requests, i, "web.1", 4301 + i, victim, seen));
            Duration began = Duration.ofMillis(i == 0 ? -700 : i * 40L - 5);
            starts.add(new Start("web.1", 4301 + i, began, Duration.ofMillis(600)));
            if (i < requests.size() - 1) {
                kills.add(new Kill("web.1", 4301 + i, Duration.ofMillis(i * 40L + 30)));
            }
        }
        return new RunRecord("amnesia", "amnesia", victim < 0 ? Weight.FOR : Weight.AGAINST, steps, starts, kills);
    }

    private static StepRun run(
            String scenario, List<String> requests, int i, String instance, long process, int victim, String seen) {
        boolean differs = i + 1 == victim;
        String outcome = differs ? seen.split("\\|", 2)[0] : "200";
        String difference = seen.contains("|") ? seen.split("\\|", 2)[1] : seen;
        return new StepRun(
                new StepRef(scenario, i + 1, requests.get(i)),
                instance,
                process,
                Duration.ofMillis(i * 40L),
                Duration.ofMillis(12 + i),
                outcome,
                differs ? Optional.of(difference) : Optional.empty(),
                differs ? Optional.of("200") : Optional.empty(),
                false);
    }

    private static StepRef ref(List<String> requests, int step) {
        return new StepRef("login", step, requests.get(step - 1));
    }

    private static ScenarioSummary scenario(String name, List<String> requests) {
        return new ScenarioSummary(name, Optional.of("scenarios/" + name + ".hurl"), steps(requests));
    }

    private static List<StepSummary> steps(List<String> requests) {
        return IntStream.range(0, requests.size())
                .mapToObj(i -> new StepSummary(requests.get(i), OptionalInt.of(1 + 5 * i)))
                .toList();
    }

    private static Subject subject(String application, String command) {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("coatcheck", "0.1.0");
        versions.put("os", "Linux 6.18");
        return new Subject(
                application,
                ".",
                Optional.of("Procfile"),
                command,
                3,
                Instant.parse("2026-11-21T08:30:00Z"),
                Duration.ofMillis(12_400),
                versions);
    }

    private static Map<String, Duration> times() {
        Map<String, Duration> times = new LinkedHashMap<>();
        times.put("control", Duration.ofMillis(2100));
        times.put("spread", Duration.ofMillis(4700));
        times.put("causes", Duration.ofMillis(5600));
        return times;
    }
}
