package dev.coatcheck.cli;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.process.Signal;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.record.Recorder;
import dev.coatcheck.prove.record.RecordingSession;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck record}. */
@Command(
        name = "record",
        description = {
            "Records a conversation with the application, for 'coatcheck prove --scenario FILE.har': starts one process of it"
                    + " with clean backing services, and keeps every request and answer until Ctrl-C, or until the command"
                    + " ends.",
            "The file holds cookies, passwords and whatever else went through. Its owner alone can read it; think before you"
                    + " share it."
        },
        footer = {
            "",
            "The command gets the application's address in BASE_URL. The exit status is that of the command.",
            "",
            "Examples:",
            "  coatcheck record --out login.har                       click through it in a browser, then Ctrl-C",
            "  coatcheck record gallery --out upload.har --with postgresql,redis,s3",
            "  coatcheck record --web 'node server.js' --out login.har -- sh -c 'curl -fsS $BASE_URL/login -d name=ann'",
            "  coatcheck record --out suite.har -- npm run test:e2e"
        })
final class Recording implements Callable<Integer> {
    /** For a command that was interrupted to end by itself. */
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(10);

    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(
            arity = "0..*",
            paramLabel = "[DIR] [-- COMMAND…]",
            hideParamSyntax = true,
            description =
                    "The application's folder, this one by default; and after '--' the command that uses the application."
                            + " A command of one word is run by the shell.")
    private List<String> words = List.of();

    @Option(
            names = "--out",
            paramLabel = "FILE.har",
            required = true,
            description = "Where the recording is written to.")
    private Path out = Path.of("");

    @Option(
            names = "--port",
            paramLabel = "NUMBER",
            description = "The TCP port for requests; 0, any that is free, by default.")
    private int port;

    @Mixin
    private TrialOptions trial = new TrialOptions();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        List<String> command = command();
        Path file = coatcheck.folder().resolve(out);
        check(file, words.size() - command.size());
        Path folder = words.size() > command.size() ? Path.of(words.getFirst()) : Path.of("");
        Path application = coatcheck.folder().resolve(folder);
        trial.check(application);
        LabSettings settings = trial.settings(application, coatcheck.folder());
        Interruption.interrupts(Thread.currentThread());
        try (RecordingSession session = RecordingSession.open(settings, port)) {
            session.notes().forEach(note -> spec.commandLine().getErr().println("coatcheck: " + note));
            int status = command.isEmpty() ? byHand(session) : run(command, session);
            boolean written = write(session.recorder(), file);
            return written || status != 0 ? status : Coatcheck.FAILED;
        } catch (InconclusiveException e) {
            throw new FormationException("nothing was recorded: " + e.reason(), e);
        } catch (IOException e) {
            throw new FormationException("the recording to " + file + " failed: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            return Interruption.INTERRUPTED;
        }
    }

    /** What stands behind {@code --}: the parser takes it for more of the same. */
    private List<String> command() {
        List<String> arguments = spec.root().commandLine().getParseResult().originalArgs();
        int dashes = arguments.indexOf("--");
        return dashes < 0 ? List.of() : arguments.subList(dashes + 1, arguments.size());
    }

    private void check(Path file, int folders) {
        if (folders > 1) {
            throw wrong("one folder at most; a command stands behind '--', as in 'coatcheck record --out a.har -- "
                    + String.join(" ", words) + "'");
        }
        if (!file.toString().endsWith(".har")) {
            throw wrong("--out: a recording is a file NAME.har, not " + out);
        }
        if (!Files.isDirectory(file.resolveSibling(""))) {
            throw wrong("--out: there is no folder " + file.resolveSibling(""));
        }
        if (Files.isDirectory(file)) {
            throw wrong("--out: " + file + " is a folder");
        }
        try {
            WorkingFolder.tryToWriteTo(file.resolveSibling(""));
        } catch (IOException e) {
            throw wrong("--out: " + file + " cannot be written (" + WorkingFolder.why(e) + ")");
        }
        if (port < 0 || port > 65_535) {
            throw wrong("--port: expected 0 to 65535, not " + port);
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private int byHand(RecordingSession session) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("Recording " + session.address());
        err.println("Use it in a browser, in a private window, from the login on. Ctrl-C ends the recording.");
        err.flush();
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // That is how it ends.
        }
        return 0;
    }

    /** What was recorded until an interrupt is worth as much as what is recorded by hand. */
    private int run(List<String> command, RecordingSession session) throws IOException {
        List<String> program = command.size() == 1 ? List.of("sh", "-c", command.getFirst()) : command;
        ProcessBuilder builder = new ProcessBuilder(program)
                .directory(coatcheck.folder().toFile())
                .inheritIO();
        builder.environment().put("BASE_URL", session.address().toString());
        PrintWriter err = spec.commandLine().getErr();
        try (ProcessGroup group = ProcessGroup.start(builder)) {
            try {
                int status = group.onExit().get().code();
                err.println("The command ended with status " + status + ".");
                return status;
            } catch (InterruptedException e) {
                err.println("The command is ended.");
                end(group);
                return Interruption.INTERRUPTED;
            } catch (ExecutionException e) {
                throw new IOException("the end of the command could not be awaited", e.getCause());
            }
        }
    }

    private static void end(ProcessGroup group) throws IOException {
        try {
            group.signal(Signal.TERM);
            group.awaitEmpty(COMMAND_LIMIT);
        } catch (InterruptedException e) {
            // Then what is left is killed at once.
        }
    }

    /** Whether there was something to write. */
    private boolean write(Recorder recorder, Path file) throws IOException {
        PrintWriter err = spec.commandLine().getErr();
        if (recorder.size() == 0) {
            err.println("coatcheck: no request came to " + recorder.address() + ", so nothing was written");
            return false;
        }
        recorder.write(file);
        recorder.notes().forEach(note -> err.println("coatcheck: " + note));
        err.println("Recorded " + recorder.size() + " requests in " + out
                + ". It holds cookies and all that was sent, and its owner alone can read it.");
        err.println("Prove it with: " + ToSeeAgain.command(proving()));
        return true;
    }

    /** What was typed, as far as it describes the application. */
    private List<String> proving() {
        List<String> typed = spec.root().commandLine().getParseResult().originalArgs();
        int dashes = typed.indexOf("--");
        List<String> line = new ArrayList<>(dashes < 0 ? typed : typed.subList(0, dashes));
        line.set(line.indexOf(spec.name()), "prove");
        without(line, "--out");
        without(line, "--port");
        line.addAll(List.of("--scenario", out.toString()));
        return line;
    }

    private static void without(List<String> arguments, String option) {
        int at = arguments.indexOf(option);
        if (at >= 0) {
            arguments.subList(at, at + 2).clear();
        }
        arguments.removeIf(argument -> argument.startsWith(option + "="));
    }
}
