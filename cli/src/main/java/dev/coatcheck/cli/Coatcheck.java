package dev.coatcheck.cli;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.formation.application.InvalidApplicationException;
import dev.coatcheck.formation.control.ControlClient;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command {@code coatcheck}. */
@Command(
        name = "coatcheck",
        description = "Runs an application as interchangeable processes behind one TCP port, and proves that they are.",
        subcommands = {
            Up.class,
            Ps.class,
            Scale.class,
            Restart.class,
            Roll.class,
            Rollback.class,
            Releases.class,
            Pause.class,
            Resume.class,
            Services.class,
            Metrics.class,
            Logs.class,
            Run.class,
            Stop.class,
            Export.class,
            Recording.class,
            Prove.class,
            Doctor.class
        },
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "Examples:",
            "  coatcheck up                                   the application in this folder",
            "  coatcheck up gallery --formation web=3,worker=2",
            "  coatcheck ps -C gallery",
            "  coatcheck scale web=5 -C gallery",
            "  coatcheck roll -C gallery",
            "  coatcheck stop -C gallery",
            "  coatcheck prove --web 'node server.js' --step 'POST /login' --step 'GET /me'",
            "  coatcheck record gallery --out journey.har      click through it, to prove that",
            "  coatcheck doctor gallery",
            "  coatcheck export kubernetes gallery --out deploy --image registry.example.com/gallery:7",
            "",
            "'coatcheck COMMAND --help' tells more about each."
        })
final class Coatcheck implements Runnable {
    /** It was understood, and did not succeed. */
    static final int FAILED = 1;

    /** An option or a file says something that cannot be done. */
    static final int WRONG_USAGE = 2;

    /** A fault of this program: EX_SOFTWARE of sysexits.h. */
    static final int OUR_FAULT = 70;

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger ROUTER_INTERNALS = Logger.getLogger("org.xnio");

    /** Tells every malformed response with a stack trace; the access log says 502, and which instance it was. */
    private static final Logger ROUTER_CLIENT = Logger.getLogger("io.undertow.client");

    /** What the parser says of an enum. */
    private static final Pattern CONSTANTS = Pattern.compile("(expected one of \\[[A-Z_, ]+]) \\(case-insensitive\\)");

    @Option(
            names = {"-C", "--directory"},
            paramLabel = "DIR",
            scope = ScopeType.INHERIT,
            description = "Work in this folder, as if started there: other paths are meant from here.")
    private Path folder = Path.of("");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    public static void main(String[] arguments) {
        ROUTER_INTERNALS.setLevel(Level.WARNING);
        ROUTER_CLIENT.setLevel(Level.OFF);
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new Coatcheck());
        // What follows the program is the program's.
        Objects.requireNonNull(command.getSubcommands().get("run")).setStopAtPositional(true);
        return command.setCaseInsensitiveEnumValuesAllowed(true)
                // 'curl -d @body.json' behind '--' is the command's, and no file of arguments.
                .setExpandAtFiles(false)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler(Coatcheck::misused)
                .setExecutionExceptionHandler(Coatcheck::failed);
    }

    /** What is wrong, and not above a page of help that scrolls it away. */
    private static int misused(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        PrintWriter err = command.getErr();
        if (command.getParent() == null && arguments.length == 0) {
            command.usage(err);
            err.println();
        }
        // People write these names in small letters, as all examples do.
        err.println("coatcheck: "
                + CONSTANTS
                        .matcher(String.valueOf(e.getMessage()))
                        .replaceFirst(constants -> constants.group(1).toLowerCase(Locale.ROOT)));
        if (e instanceof UnmatchedArgumentException && !UnmatchedArgumentException.printSuggestions(e, err)) {
            CommandLine.Help help = command.getHelp();
            err.print(help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()));
        }
        if (e instanceof UnmatchedArgumentException && List.of(arguments).contains("--step")) {
            err.println("A request is one argument, in quotes: --step 'POST /login {\"name\":\"ann\"}'");
        }
        err.println("'" + command.getCommandSpec().qualifiedName() + " --help' tells how it is used.");
        return WRONG_USAGE;
    }

    Path folder() {
        return folder.toAbsolutePath().normalize();
    }

    /** The formation that runs in the folder. */
    ControlClient connect() {
        return ControlClient.of(folder());
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what is to be done? Give a command");
    }

    private static int failed(Exception e, CommandLine command, ParseResult parsed) {
        PrintWriter err = command.getErr();
        return switch (e) {
            case InvalidApplicationException invalid -> {
                err.println("coatcheck: this cannot be run yet:");
                invalid.problems().forEach(problem -> err.println("  " + problem));
                yield WRONG_USAGE;
            }
            case FormationException failure -> {
                err.println("coatcheck: " + failure.getMessage());
                yield FAILED;
            }
            default -> {
                err.println("coatcheck: this is a fault of Coatcheck itself (" + Version.current() + ", Java "
                        + Runtime.version() + ", " + System.getProperty("os.name") + ").");
                err.println("Please report it with what follows and what led to it:");
                e.printStackTrace(err);
                yield OUR_FAULT;
            }
        };
    }
}
