package dev.coatcheck.prove;

import com.google.re2j.Pattern;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.Coverage;
import dev.coatcheck.prove.check.Extended;
import dev.coatcheck.prove.check.Findings;
import dev.coatcheck.prove.check.Leak;
import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.compare.Noise;
import dev.coatcheck.prove.factor.Observation;
import dev.coatcheck.prove.lab.ElsewhereSettings;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.report.CheckResult;
import dev.coatcheck.prove.report.CoverageSummary;
import dev.coatcheck.prove.report.FoundLeak;
import dev.coatcheck.prove.report.FoundLocation;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.RunRecord;
import dev.coatcheck.prove.report.RunRecord.Weight;
import dev.coatcheck.prove.report.ScenarioSummary;
import dev.coatcheck.prove.report.StepRef;
import dev.coatcheck.prove.report.Subject;
import dev.coatcheck.prove.report.Verdict;
import dev.coatcheck.prove.scenario.Scenario;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Gathers what came of the scenarios, and makes a report of it. */
final class Reporting {
    /** A program of another language, after variables and {@code exec}, wherever it lies. */
    private static final Pattern OUTSIDE_JAVA = Pattern.compile(
            "\\s*(?:exec\\s+|[A-Za-z_]\\w*=[^\\s'\"$`]*\\s+)*(?:[\\w./-]*/)?(?:node|deno|bun|python[0-9.]*|gunicorn|uvicorn"
                    + "|hypercorn|flask|ruby|bundle|puma|rails|php[0-9.]*|dotnet|elixir|mix)(?:\\s|$)");

    private final ProofSettings settings;
    private final Instant at = Instant.now();
    private final long startNanos = System.nanoTime();
    private final Outcomes outcomes = new Outcomes();
    private final List<FoundLeak> leaks = new ArrayList<>();
    private final List<RunRecord> runs = new ArrayList<>();
    private final Map<String, Integer> purposes = new HashMap<>();
    private final List<String> noise = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<String> investigated = new HashSet<>();
    private final List<Observation> factors = new ArrayList<>();
    private final Map<String, Duration> timeSpent = new LinkedHashMap<>();
    private Coverage coverage = new Coverage(0, 0, 0);
    private Optional<String> reason = Optional.empty();

    Reporting(ProofSettings settings) {
        this.settings = settings;
        notes.addAll(settings.site().weaknesses());
        settings.scenarios().forEach(source -> notes.addAll(source.notes()));
    }

    void spent(String phase, long sinceNanos) {
        spent(phase, Duration.ofNanos(System.nanoTime() - sinceNanos));
    }

    void spent(String phase, Duration time) {
        timeSpent.merge(phase, time, Duration::plus);
    }

    void inconclusive(String why) {
        reason = reason.or(() -> Optional.of(why));
    }

    void add(Scenario scenario, ControlRuns control) {
        Extended whole = Extended.none(scenario);
        control.runs().forEach(run -> runs.add(record(scenario, whole, run, "control", Weight.REFERENCE)));
        control.control().noise().stream().map(Noise::toString).forEach(noise::add);
    }

    /** Tells what unsplit runs of the checks have shown to vary that was the same in all runs of the control. */
    void learned(Scenario scenario, Control first, Control last) {
        List<Noise> later = last.noise().stream()
                .filter(varying -> first.noise().stream()
                        .noneMatch(known ->
                                known.step() == varying.step() && known.place().equals(varying.place())))
                .toList();
        later.stream().map(Noise::toString).forEach(noise::add);
        later.forEach(varying -> notes.add("in step " + varying.step() + " of the scenario '" + scenario.name() + "' "
                + varying.place() + " varies by itself: it was the same in all runs of the control, and another in one"
                + " that was not split"));
    }

    /** Nothing is proved by a scenario that was never split, whatever another one shows. */
    private void checkNotVacuous(Scenario scenario, Findings findings, Coverage covered) {
        if (findings.leaks().isEmpty() && covered.separated() == 0 && covered.kills() == 0) {
            inconclusive("in the scenario '" + scenario.name()
                    + "' no two steps were separated and nothing was killed, so nothing is proved; choose more checks");
        }
    }

    void add(Scenario scenario, Findings findings, List<LabStage.CheckedRun> played, Coverage covered) {
        played.forEach(checked ->
                runs.add(record(scenario, checked.conversation(), checked.run(), checked.check(), weight(checked))));
        investigated.add(scenario.name());
        for (CheckOutcome outcome : findings.checks()) {
            add(outcome, explained(scenario, outcome));
        }
        findings.leaks().forEach(leak -> leaks.add(leak(scenario, leak)));
        notes.addAll(findings.notes());
        coverage = coverage.plus(covered);
        checkNotVacuous(scenario, findings, covered);
    }

    private static Weight weight(LabStage.CheckedRun checked) {
        if (!checked.counts()) {
            return Weight.NOTHING;
        }
        return checked.run().broken().isPresent() ? Weight.AGAINST : Weight.FOR;
    }

    private static Optional<StepRef> explained(Scenario scenario, CheckOutcome outcome) {
        return outcome.explained().isPresent()
                ? Optional.of(reference(scenario, outcome.explained().getAsInt()))
                : Optional.empty();
    }

    void add(CheckOutcome outcome) {
        add(outcome, Optional.empty());
    }

    private void add(CheckOutcome outcome, Optional<StepRef> explained) {
        CheckResult result = outcomes.add(outcome, explained);
        if (result.outcome() == CheckResult.Outcome.INCONCLUSIVE
                && outcome.check().isAboutState()) {
            inconclusive(result.name() + ": " + result.why());
        }
    }

    /** Of the factors; what of them is not kept is advice, and counts where that was asked for. */
    void add(List<Observation> observations) {
        factors.addAll(observations);
        add(Outcomes.ofFactors(observations, settings.strict()));
    }

    /** Tells that a check was not made, and why. */
    void leaveOut(Check check, String why) {
        outcomes.leaveOut(check, why);
    }

    private FoundLeak leak(Scenario scenario, Leak leak) {
        List<String> evidence = new ArrayList<>(leak.evidence());
        evidence.addAll(leak.trace().notes());
        return new FoundLeak(
                leak.check().label(),
                leak.cause(),
                leak.polluter().isPresent()
                        ? Optional.of(reference(scenario, leak.polluter().getAsInt()))
                        : Optional.empty(),
                reference(scenario, leak.victim()),
                Difference.mostTelling(leak.differences()).toString(),
                leak.trace().places().stream().map(this::location).toList(),
                isOutsideJava(webCommand())
                        ? leak.cause().remedyOutsideJava()
                        : leak.cause().remedy(),
                settings.command() + " --checks " + leak.check().label(),
                evidence,
                leak.scope());
    }

    /** Whether the program that a command starts is surely none in Java; of a script nobody knows. */
    static boolean isOutsideJava(String command) {
        return OUTSIDE_JAVA.matcher(command).lookingAt();
    }

    private String webCommand() {
        return switch (settings.site()) {
            case LabSettings lab -> webCommand(lab.application());
            case ElsewhereSettings _ -> "";
        };
    }

    private FoundLocation location(Trace.Place place) {
        String path =
                switch (settings.site()) {
                    case LabSettings lab ->
                        place.path().replace(lab.application().folder() + "/", "");
                    case ElsewhereSettings _ -> place.path();
                };
        return new FoundLocation(
                FoundLocation.Kind.valueOf(place.kind().toUpperCase(Locale.ROOT).replace('-', '_')),
                place.instance(),
                path);
    }

    private static StepRef reference(Scenario scenario, int number) {
        return new StepRef(
                scenario.name(), number, scenario.steps().get(number - 1).title());
    }

    /** What was weaker or went wrong beside the conversation. */
    void note(List<String> more) {
        notes.addAll(more);
    }

    private RunRecord record(Scenario scenario, Extended conversation, Run run, String check, Weight weight) {
        notes.addAll(run.weaknesses());
        run.kills().stream()
                .filter(kill -> !kill.gone())
                .map(Reporting::survived)
                .forEach(notes::add);
        Instant first = run.played().isEmpty()
                ? run.at()
                : run.played().getFirst().exchange().at();
        String purpose = (settings.scenarios().size() > 1 ? scenario.name() + ": " : "")
                + conversation.inWords(run.plan().name())
                + repetitions(run.plan(), conversation);
        int count = purposes.merge(purpose, 1, Integer::sum);
        return new RunRecord(
                count == 1 ? purpose : purpose + " (" + count + ")",
                check,
                weight,
                run.played().stream()
                        .map(step -> step(scenario, conversation, run, step, first))
                        .toList(),
                run.starts().stream()
                        .map(start -> new RunRecord.Start(
                                start.instance(), start.pid(), Duration.between(first, start.at()), start.readyAfter()))
                        .toList(),
                run.kills().stream()
                        .filter(Run.Killed::gone)
                        .map(kill ->
                                new RunRecord.Kill(kill.instance(), kill.pid(), Duration.between(first, kill.at())))
                        .toList());
    }

    private static String repetitions(Plan plan, Extended conversation) {
        return plan.repeated().isEmpty()
                ? ""
                : plan.repeated().stream()
                        .map(conversation::origin)
                        .map(String::valueOf)
                        .collect(Collectors.joining(
                                ", ",
                                plan.repeated().size() == 1 ? ", step " : ", steps ",
                                " repeated in each process"));
    }

    private static String survived(Run.Killed kill) {
        return "after SIGKILL something of " + kill.instance() + " (process " + kill.pid()
                + ") was still there, so that kill is not counted";
    }

    private static RunRecord.StepRun step(
            Scenario scenario, Extended conversation, Run run, Run.Played played, Instant first) {
        int number = played.exchange().step().number();
        Optional<Difference> difference = run.broken()
                .filter(broken -> broken.step() == number && !played.repeated())
                .map(broken -> Difference.mostTelling(broken.differences()));
        String outcome =
                switch (played.exchange().outcome()) {
                    case Outcome.Answered answered ->
                        Integer.toString(answered.response().status());
                    case Outcome.Failed failed -> failed.failure().toString();
                    case Outcome.NotSent notSent -> "not sent";
                };
        return new RunRecord.StepRun(
                reference(scenario, conversation.origin(number)),
                played.instance(),
                played.pid(),
                Duration.between(first, played.exchange().at()),
                played.exchange().took(),
                outcome,
                difference.map(Difference::toString),
                difference.flatMap(Difference::control),
                played.repeated() || conversation.isAdded(number));
    }

    Report report() {
        LocalDate today = LocalDate.ofInstant(at, ZoneId.systemDefault());
        List<FoundLeak> judged = settings.baseline().judge(leaks, today);
        boolean isStateful = judged.stream().anyMatch(leak -> leak.acceptance().isEmpty());
        Verdict verdict = isStateful ? Verdict.STATEFUL : reason.isPresent() ? Verdict.INCONCLUSIVE : Verdict.STATELESS;
        List<CheckResult> results = outcomes.results(settings.checks(), judged);
        if (verdict == Verdict.STATEFUL) {
            reason.ifPresent(why -> notes.add("not everything could be concluded: " + why));
        }
        notes.addAll(settings.baseline().notes(judged, CheckResult.areWhole(results) ? investigated : Set.of(), today));
        return new Report(
                verdict,
                verdict == Verdict.INCONCLUSIVE ? reason : Optional.empty(),
                settings.scenarios().stream().map(Reporting::summary).toList(),
                results,
                new CoverageSummary(coverage.pairs(), coverage.separated(), coverage.kills()),
                judged,
                runs,
                noise,
                notes.stream().distinct().toList(),
                subject(),
                timeSpent,
                factors);
    }

    private static ScenarioSummary summary(ProofSettings.Source source) {
        return new ScenarioSummary(
                source.scenario().name(),
                source.file(),
                source.scenario().steps().stream()
                        .map(step -> new ScenarioSummary.StepSummary(step.title(), step.line()))
                        .toList());
    }

    private Subject subject() {
        return switch (settings.site()) {
            case LabSettings lab -> subject(lab.application());
            case ElsewhereSettings elsewhere ->
                subject(
                        elsewhere.origin().getRawAuthority(),
                        Optional.empty(),
                        elsewhere.instances().stream().map(URI::toString).collect(Collectors.joining(" ")));
        };
    }

    private Subject subject(Application application) {
        boolean procfile = Files.exists(application.folder().resolve("Procfile"));
        return subject(
                application.name(), procfile ? Optional.of("Procfile") : Optional.empty(), webCommand(application));
    }

    private static String webCommand(Application application) {
        return application.types().stream()
                .filter(type -> type.name().equals(ProcessType.WEB))
                .map(ProcessType::command)
                .collect(Collectors.joining());
    }

    private Subject subject(String name, Optional<String> definition, String command) {
        return new Subject(
                name,
                settings.folder(),
                definition,
                command,
                settings.instances(),
                at,
                Duration.ofNanos(System.nanoTime() - startNanos),
                settings.versions());
    }
}
