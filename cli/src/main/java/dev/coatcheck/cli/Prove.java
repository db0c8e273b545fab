package dev.coatcheck.cli;

import dev.coatcheck.prove.Baseline;
import dev.coatcheck.prove.InvalidBaselineException;
import dev.coatcheck.prove.Proof;
import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.lab.ElsewhereSettings;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.lab.SiteSettings;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.ReportFiles;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import dev.coatcheck.prove.report.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code coatcheck prove}. */
@Command(
        name = "prove",
        description = {
            "Proves that any process of the application can serve any request of a conversation, or finds the request that"
                    + " breaks, the one that left the state behind, and where it lives.",
            "Nothing has to be changed in the application: it is started, split and killed as it is, in any language. What it"
                    + " writes to files is thrown away."
        },
        footer = {
            "",
            "Exit status: 0 stateless; 1 stateful, or a drain, roll or scale that failed; 3 inconclusive, 2 wrong usage, 70 a fault of Coatcheck itself.",
            "",
            "Examples:",
            "  coatcheck prove --web 'node server.js' --step 'POST /login {\"name\":\"ann\"}' --step 'GET /me'",
            "  coatcheck prove gallery --report proof",
            "  coatcheck prove --scenario login.hurl --checks spread,amnesia --ready /healthz",
            "  coatcheck prove --scenario recorded.har",
            "  coatcheck prove --scenario login.hurl --against http://10.0.0.5:8080,http://10.0.0.6:8080",
            "  coatcheck prove --baseline accepted-leaks.json --write-baseline"
        })
final class Prove implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The application's folder; this one by default.")
    private Path folder = Path.of("");

    @Mixin
    private ScenarioOptions scenarios = new ScenarioOptions();

    @Mixin
    private TrialOptions trial = new TrialOptions();

    @Option(
            names = "--against",
            paramLabel = "URL",
            split = ",",
            converter = Origin.class,
            description =
                    "The addresses of instances that run already, as containers or pods, in place of starting any: of each"
                            + " instance its own, not that of a balancer. None is started or killed, so spread, agree and sockets"
                            + " are made alone, and again with --reset or where --checks names it; --instances, --lease and"
                            + " what tells how to start an application do not go with it.")
    private List<URI> against = List.of();

    @Option(
            names = "--origin",
            paramLabel = "URL",
            converter = Origin.class,
            description =
                    "With --against, the application's address as its users know it, sent as Host; the first of the"
                            + " instances by default.")
    private @Nullable URI origin;

    @Option(
            names = "--instances",
            paramLabel = "N",
            defaultValue = "3",
            description = "Over how many processes a conversation is spread; ${DEFAULT-VALUE} by default.")
    private int instances;

    @Option(
            names = "--checks",
            paramLabel = "CHECK",
            split = ",",
            description =
                    "Those that are to be made: spread, amnesia, restart, crash, agree, again, sockets and factors, which are the"
                            + " default, and drain, roll and scale, which are made only where they are named.")
    private Set<Check> checks = Check.byDefault();

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            defaultValue = "45",
            description =
                    "After a kill, how long a step that polls waits for another process to take up the work: as long as"
                            + " the leases of the application's job queue are; ${DEFAULT-VALUE} by default.")
    private int leaseSeconds;

    @Option(
            names = "--horizon",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            defaultValue = "10",
            description =
                    "Where processes answer differently after a write, for how long they are waited for to agree, to say how"
                            + " long it took; ${DEFAULT-VALUE} by default.")
    private int horizonSeconds;

    @Option(
            names = "--report",
            paramLabel = "DIR",
            description = "Writes report.html, report.json, junit.xml and report.sarif into this folder.")
    private @Nullable Path report;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description =
                    "Leaks that are accepted, each with a reason and a last day: the others alone make a proof fail. See"
                            + " docs/prove.md.")
    private @Nullable Path baseline;

    @Option(
            names = "--write-baseline",
            description = "Writes all leaks that are found into the file of --baseline, for reasons to be filled in.")
    private boolean writeBaseline;

    @Option(
            names = "--strict",
            description =
                    "Lets the advice of the check factors count: exit status 1 where there is any, though nothing leaks.")
    private boolean strict;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            defaultValue = "30",
            description = "How long a request may take; ${DEFAULT-VALUE} by default.")
    private int requestSeconds;

    @Option(
            names = "--reset",
            paramLabel = "COMMAND",
            description = "Makes attached backing services clean before each run. Those are never touched without.")
    private @Nullable String reset;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        check();
        Baseline accepted = accepted();
        ProofSettings settings = settings(accepted);
        Report result;
        Interruption.interrupts(Thread.currentThread());
        try (Progress progress = progress()) {
            result = Proof.of(settings, progress);
        } catch (InterruptedException e) {
            spec.commandLine()
                    .getErr()
                    .println("coatcheck: interrupted; what was started has ended, and nothing was concluded");
            return Interruption.INTERRUPTED;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.print(TerminalFace.text(
                result, Screen.of(System.getenv(), System.out.charset(), Terminal.isStandardOutput())));
        out.flush();
        if (report != null) {
            try {
                ReportFiles.write(here().resolve(report), result);
                out.println();
                out.println("Report: " + here().shown(report.resolve("report.html"))
                        + ", with report.json, junit.xml and report.sarif beside it");
            } catch (IOException e) {
                spec.commandLine()
                        .getErr()
                        .println("coatcheck: the report could not be written to " + report + ": " + e);
                return Coatcheck.WRONG_USAGE;
            }
        }
        if (writeBaseline && !write(accepted, result)) {
            return Coatcheck.WRONG_USAGE;
        }
        out.flush();
        return result.exitStatus();
    }

    private Baseline accepted() {
        if (baseline == null) {
            if (writeBaseline) {
                throw wrong("--write-baseline: name the file with --baseline FILE");
            }
            return Baseline.none();
        }
        Path file = here().resolve(baseline);
        if (writeBaseline && Files.notExists(file)) {
            checkFolder("--baseline", file.toAbsolutePath().resolveSibling(""));
            return Baseline.none();
        }
        try {
            return Baseline.read(file);
        } catch (InvalidBaselineException e) {
            throw wrong("--baseline: " + e.getMessage());
        } catch (IOException e) {
            throw wrong("--baseline: " + file + " cannot be read (" + WorkingFolder.why(e)
                    + "); --write-baseline makes one");
        }
    }

    /** Whether that went well. */
    private boolean write(Baseline accepted, Report result) {
        Path file = here().resolve(Objects.requireNonNull(baseline));
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        if (result.verdict() == Verdict.INCONCLUSIVE) {
            out.println("Baseline: not written, since nothing could be concluded");
            return true;
        }
        try {
            accepted.write(file, result, LocalDate.now(ZoneId.systemDefault()));
            out.println("Baseline: " + here().shown(baseline)
                    + " accepts what was found; say in it why each may stay, and until" + " when");
            return true;
        } catch (IOException e) {
            spec.commandLine().getErr().println("coatcheck: the baseline could not be written to " + file + ": " + e);
            return false;
        }
    }

    private void check() {
        scenarios.check(here(), folder);
        if (instances < 2) {
            throw wrong("--instances: a conversation is split over two or more, not " + instances);
        }
        if (requestSeconds < 1) {
            throw wrong("--request-timeout: expected a number of seconds, not " + requestSeconds);
        }
        if (leaseSeconds < 0) {
            throw wrong("--lease: expected a number of seconds, not " + leaseSeconds);
        }
        if (horizonSeconds < 0) {
            throw wrong("--horizon: expected a number of seconds, not " + horizonSeconds);
        }
        if (checks.isEmpty()) {
            throw wrong("--checks: name one at least");
        }
        if (checks.stream().noneMatch(Check::isAboutState)) {
            throw wrong(
                    "--checks: what is named looks at something else than state; add one that splits the scenario, as in"
                            + " --checks spread," + checks.iterator().next().label());
        }
        if (against.isEmpty()) {
            trial.check(here().resolve(folder));
        } else {
            checkElsewhere();
        }
        if (against.isEmpty() && origin != null) {
            throw wrong("--origin goes with --against: an application that is started here is known as "
                    + LabSettings.ORIGIN);
        }
        if (report != null) {
            checkFolder("--report", here().resolve(report));
        }
    }

    private void checkElsewhere() {
        ParseResult parsed = spec.commandLine().getParseResult();
        List<String> typed = new ArrayList<>(trial.typed());
        Stream.of("--instances", "--lease").filter(parsed::hasMatchedOption).forEach(typed::add);
        if (parsed.hasMatchedPositional(0) && scenarios.areGiven()) {
            // Else its scenarios are played.
            typed.add("a folder (" + folder + ")");
        }
        if (!typed.isEmpty()) {
            throw wrong("--against: nothing is started where instances run already, so it does not go with "
                    + String.join(", ", typed));
        }
        List<String> killing =
                checks.stream().filter(Check::kills).map(Check::label).toList();
        if (parsed.hasMatchedOption("--checks") && !killing.isEmpty()) {
            throw wrong("--checks: instances that run elsewhere are not started, ended or killed, so there is no "
                    + String.join(", ", killing) + " with --against");
        }
    }

    /** A proof may take minutes, so what would fail at its end is tried before. */
    private void checkFolder(String option, Path folder) {
        try {
            Files.createDirectories(folder);
            WorkingFolder.tryToWriteTo(folder);
        } catch (IOException e) {
            throw wrong(
                    option + ": nothing can be written to the folder " + folder + " (" + WorkingFolder.why(e) + ")");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private ProofSettings settings(Baseline accepted) {
        // Before the application: of a step without quotes the path is taken for its folder.
        List<ProofSettings.Source> sources = scenarios.sources(here(), folder);
        SiteSettings site = against.isEmpty() ? lab() : elsewhere();
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("coatcheck", Version.current());
        versions.put("java", Runtime.version().toString());
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        return new ProofSettings(
                site,
                sources,
                instances,
                spec.commandLine().getParseResult().hasMatchedOption("--checks")
                        ? Optional.of(checks)
                        : Optional.empty(),
                Duration.ofSeconds(leaseSeconds),
                Duration.ofSeconds(horizonSeconds),
                ToSeeAgain.command(spec.root().commandLine().getParseResult().originalArgs()),
                here().shown(folder),
                versions,
                accepted,
                strict);
    }

    private LabSettings lab() {
        LabSettings lab = trial.settings(here().resolve(folder), coatcheck.folder())
                .withRequestLimit(Duration.ofSeconds(requestSeconds))
                .withVariables(scenarios.variables());
        return reset == null ? lab : lab.withReset(reset);
    }

    private ElsewhereSettings elsewhere() {
        try {
            return new ElsewhereSettings(
                    against,
                    Objects.requireNonNullElse(origin, against.getFirst()),
                    coatcheck.folder(),
                    scenarios.variables(),
                    Duration.ofSeconds(requestSeconds),
                    Optional.ofNullable(reset));
        } catch (IllegalArgumentException e) {
            throw wrong("--against: " + e.getMessage());
        }
    }

    private WorkingFolder here() {
        return new WorkingFolder(coatcheck.folder());
    }

    private static Progress progress() {
        return Terminal.isStandardError()
                ? Progress.onTerminal(System.err, Terminal.columns())
                : Progress.plain(System.err);
    }
}
