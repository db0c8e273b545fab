package dev.coatcheck.cli;

import dev.coatcheck.formation.FormationException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/**
 * {@code coatcheck run}. The process is this one's own child, not the runner's: so the terminal is its terminal, and a shell,
 * a debugger or {@code psql} works in it as without us, with Ctrl-C and all. The runner lends the environment and its mark, by
 * which the process ends with the formation at the latest.
 */
@Command(
        name = "run",
        description = {
            "Runs a one-off process beside the formation in a folder: in the environment and the folder of the current"
                    + " release, with the URLs of the backing services, at this terminal.",
            "Its exit status is that of this command. It ends with the formation at the latest."
        },
        footer = {
            "",
            "Examples:",
            "  coatcheck run python manage.py createsuperuser",
            "  coatcheck run -C gallery 'psql \"$DATABASE_URL\"'"
        })
final class Run implements Callable<Integer> {
    /** This terminal's, not that of the runner. */
    private static final List<String> OF_THE_TERMINAL = List.of("TERM", "COLORTERM", "LANG", "LC_ALL");

    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(
            arity = "1..*",
            paramLabel = "COMMAND",
            description =
                    "A program and its arguments; a single argument is run by the shell. Options of the program come after"
                            + " '--'.")
    private List<String> command = List.of();

    @Override
    public Integer call() throws InterruptedException {
        try {
            return coatcheck.connect().run(String.join(" ", command), this::start);
        } catch (IOException e) {
            throw new FormationException("'" + String.join(" ", command) + "' could not be run: " + e.getMessage(), e);
        }
    }

    private int start(Path folder, Map<String, String> environment) throws IOException, InterruptedException {
        List<String> words = command.size() == 1 ? List.of("sh", "-c", command.getFirst()) : List.copyOf(command);
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(folder.toFile()).inheritIO();
        builder.environment().clear();
        builder.environment().putAll(environment);
        OF_THE_TERMINAL.forEach(name -> {
            String value = System.getenv(name);
            if (value != null) {
                builder.environment().put(name, value);
            }
        });
        // The terminal sends Ctrl-C to both; it is for the process to say what that means.
        Signals.handle("INT", () -> {});
        Process process = builder.start();
        Signals.handle("TERM", process::destroy);
        return process.waitFor();
    }
}
