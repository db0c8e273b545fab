package dev.coatcheck.cli;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.Baseline;
import dev.coatcheck.prove.InvalidBaselineException;
import dev.coatcheck.prove.Proof;
import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.ReportFiles;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import dev.coatcheck.prove.report.Verdict;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
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
            "Exit status: 0 stateless, 1 stateful, 3 inconclusive, 2 wrong usage, 70 a fault of Coatcheck itself.",
            "",
            "Examples:",
            "  coatcheck prove --web 'node server.js' --step 'POST /login {\"name\":\"ann\"}' --step 'GET /me'",
            "  coatcheck prove gallery --report proof",
            "  coatcheck prove --scenario login.hurl --checks spread,amnesia --ready /healthz",
            "  coatcheck prove --scenario recorded.har",
            "  coatcheck prove --baseline accepted-leaks.json --write-baseline"
        })
final class Prove implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(arity = "0..1", paramLabel = "DIR", description = "The application's folder; this one by default.")
    private Path folder = Path.of("");

    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            description =
                    "A conversation in a file: NAME.hurl, NAME.http, or NAME.har as browsers and 'coatcheck record' record it; or"
                            + " a folder of such files; may be given several times. Without it and without --step: the folder"
                            + " scenarios of the application.")
    private List<Path> scenarios = List.of();

    @Option(
            names = "--step",
            paramLabel = "'METHOD /PATH [BODY]'",
            description = "One request of a conversation, in place of a file; given several times, in order.")
    private List<String> steps = List.of();

    @Option(
            names = "--web",
            paramLabel = "COMMAND",
            description = "Starts a web process, in place of the Procfile's line.")
    private @Nullable String web;

    @Option(
            names = "--with",
            paramLabel = "SERVICE",
            split = ",",
            description =
                    "Backing services to start beside the addons in app.json, as in 'up'; emptied before each run.")
    private List<String> with = List.of();

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
                    "Of spread, amnesia, restart, crash, agree and again those that are to be made; all by default.")
    private Set<Check> checks = EnumSet.allOf(Check.class);

    @Option(
            names = "--lease",
            paramLabel = "SECONDS",
            defaultValue = "45",
            description =
                    "After a kill, how long a step that polls waits for another process to take up the work: as long as"
                            + " the leases of the application's job queue are; ${DEFAULT-VALUE} by default.")
    private int leaseSeconds;

    @Option(
            names = "--horizon",
            paramLabel = "SECONDS",
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
            names = "--ready",
            paramLabel = "PATH",
            description = "The path that answers 2xx when an instance is ready.")
    private @Nullable String readinessPath;

    @Option(
            names = "--start-timeout",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "How long an instance may take until it is ready; ${DEFAULT-VALUE} by default.")
    private int startSeconds;

    @Option(
            names = "--request-timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "How long a request may take; ${DEFAULT-VALUE} by default.")
    private int requestSeconds;

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "A variable for all processes of the application; stronger than all else.")
    private Map<String, String> environment = Map.of();

    @Option(names = "--env-file", paramLabel = "FILE", description = "Read this instead of .env.")
    private @Nullable Path envFile;

    @Option(names = "--variable", paramLabel = "NAME=VALUE", description = "A value for {{NAME}} in scenarios.")
    private Map<String, String> variables = Map.of();

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
                ReportFiles.write(coatcheck.folder().resolve(report), result);
                out.println();
                out.println("Report: " + fromHere(report.resolve("report.html"))
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
        return result.verdict().exitStatus();
    }

    private Baseline accepted() {
        if (baseline == null) {
            if (writeBaseline) {
                throw wrong("--write-baseline: name the file with --baseline FILE");
            }
            return Baseline.none();
        }
        Path file = there(baseline);
        if (writeBaseline && Files.notExists(file)) {
            checkFolder("--baseline", file.toAbsolutePath().resolveSibling(""));
            return Baseline.none();
        }
        try {
            return Baseline.read(file);
        } catch (InvalidBaselineException e) {
            throw wrong("--baseline: " + e.getMessage());
        } catch (IOException e) {
            throw wrong("--baseline: " + file + " cannot be read (" + why(e) + "); --write-baseline makes one");
        }
    }

    /** Whether that went well. */
    private boolean write(Baseline accepted, Report result) {
        Path file = there(Objects.requireNonNull(baseline));
        PrintWriter out = spec.commandLine().getOut();
        out.println();
        if (result.verdict() == Verdict.INCONCLUSIVE) {
            out.println("Baseline: not written, since nothing could be concluded");
            return true;
        }
        try {
            accepted.write(file, result, LocalDate.now(ZoneId.systemDefault()));
            out.println("Baseline: " + fromHere(baseline)
                    + " accepts what was found; say in it why each may stay, and until" + " when");
            return true;
        } catch (IOException e) {
            spec.commandLine().getErr().println("coatcheck: the baseline could not be written to " + file + ": " + e);
            return false;
        }
    }

    private void check() {
        if (!scenarios.isEmpty() && !steps.isEmpty()) {
            throw wrong(
                    "--scenario and --step cannot both be given: one conversation is in files, or on the command line");
        }
        if (scenarios.isEmpty() && steps.isEmpty() && !Files.isDirectory(there(scenarioFolder()))) {
            throw wrong(
                    "what is to be played? Give --scenario FILE, or --step 'METHOD /PATH' once for each request, or put"
                            + " files NAME.hurl, NAME.http or NAME.har into " + scenarioFolder());
        }
        if (instances < 2) {
            throw wrong("--instances: a conversation is split over two or more, not " + instances);
        }
        if (startSeconds < 1) {
            throw wrong("--start-timeout: expected a number of seconds, not " + startSeconds);
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
        Path application = coatcheck.folder().resolve(folder);
        if (web == null && Files.isDirectory(application) && Files.notExists(application.resolve("Procfile"))) {
            throw wrong(
                    "there is no Procfile in " + application + "; write one with a line as 'web: node server.js', or"
                            + " give that command with --web 'node server.js'");
        }
        if (report != null) {
            checkFolder("--report", coatcheck.folder().resolve(report));
        }
    }

    /** A proof may take minutes, so what would fail at its end is tried before. */
    private void checkFolder(String option, Path folder) {
        try {
            Files.createDirectories(folder);
            Files.delete(Files.createTempFile(folder, ".coatcheck", ".new"));
        } catch (IOException e) {
            throw wrong(option + ": nothing can be written to the folder " + folder + " (" + why(e) + ")");
        }
    }

    private static String why(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case FileAlreadyExistsException file -> file.getFile() + " is a file";
            case AccessDeniedException denied -> "not allowed for " + System.getProperty("user.name");
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> e.toString();
        };
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private ProofSettings settings(Baseline accepted) {
        // Before the application: of a step without quotes the path is taken for its folder.
        List<ProofSettings.Source> sources = sources();
        Map<String, String> all = new HashMap<>(System.getenv());
        all.putAll(environment);
        Application application = Application.read(
                coatcheck.folder().resolve(folder),
                new ApplicationOptions(
                        all,
                        Optional.empty(),
                        with,
                        Optional.ofNullable(envFile).map(coatcheck.folder()::resolve),
                        Optional.ofNullable(readinessPath),
                        Optional.ofNullable(web)));
        LabSettings lab = LabSettings.of(application, Isolation.probe())
                .withStartLimit(Duration.ofSeconds(startSeconds))
                .withRequestLimit(Duration.ofSeconds(requestSeconds))
                .withVariables(variables);
        if (reset != null) {
            lab = lab.withReset(reset);
        }
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("coatcheck", Version.current());
        versions.put("java", Runtime.version().toString());
        versions.put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        return new ProofSettings(
                lab,
                sources,
                instances,
                checks,
                Duration.ofSeconds(leaseSeconds),
                Duration.ofSeconds(horizonSeconds),
                ToSeeAgain.command(spec.root().commandLine().getParseResult().originalArgs()),
                fromHere(folder),
                versions,
                accepted);
    }

    /** Programs that read the report look from where this was started, not from what -C says. */
    private String fromHere(Path path) {
        Path here = Path.of("").toAbsolutePath();
        Path there = coatcheck.folder().resolve(path).normalize();
        String relative = there.startsWith(here) ? here.relativize(there).toString() : there.toString();
        return relative.isEmpty() ? "." : relative;
    }

    private List<ProofSettings.Source> sources() {
        try {
            if (!steps.isEmpty()) {
                Scenario scenario = StepLines.read(steps, coatcheck.folder(), variables.keySet());
                return List.of(new ProofSettings.Source(scenario, Optional.empty()));
            }
            List<ProofSettings.Source> sources = new ArrayList<>();
            for (Path file : scenarioFiles()) {
                sources.add(ProofSettings.Source.read(there(file), fromHere(file), variables.keySet()));
            }
            return sources;
        } catch (InvalidScenarioException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private Path there(Path path) {
        return coatcheck.folder().resolve(path);
    }

    /** Where an application keeps its own. */
    private Path scenarioFolder() {
        return folder.resolve("scenarios");
    }

    private List<Path> scenarioFiles() {
        List<Path> files = new ArrayList<>();
        for (Path named : scenarios.isEmpty() ? List.of(scenarioFolder()) : scenarios) {
            if (Files.notExists(there(named))) {
                throw wrong("--scenario: there is no file " + there(named) + suggestion(named));
            }
            files.addAll(Files.isDirectory(there(named)) ? filesIn(named) : List.of(named));
        }
        return files;
    }

    private List<Path> filesIn(Path named) {
        try (Stream<Path> files = Files.list(there(named))) {
            List<Path> found = files.map(file -> named.resolve(file.getFileName()))
                    .filter(file -> file.toString().matches(".*\\.(hurl|http|har)"))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw wrong("--scenario: there is no file NAME.hurl, NAME.http or NAME.har in " + there(named));
            }
            return found;
        } catch (IOException e) {
            throw wrong("--scenario: the folder " + there(named) + " cannot be read (" + why(e) + ")");
        }
    }

    /** People take the path to be one in the application's folder. */
    private String suggestion(Path file) {
        Path inside = folder.resolve(file);
        return Files.exists(there(inside)) ? "; did you mean " + inside + "?" : "";
    }

    private static Progress progress() {
        return Terminal.isStandardError()
                ? Progress.onTerminal(System.err, Terminal.columns())
                : Progress.plain(System.err);
    }
}
