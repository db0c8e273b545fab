package dev.coatcheck.cli;

import dev.coatcheck.formation.control.ControlClient;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option of the commands that speak with a formation that runs. */
final class RunningFormation {
    @Option(
            names = {"-C", "--directory"},
            paramLabel = "DIR",
            description = "The application's folder; this one by default.")
    private Path folder = Path.of("");

    ControlClient connect() {
        return ControlClient.of(folder);
    }

    Path folder() {
        return folder.toAbsolutePath().normalize();
    }
}
