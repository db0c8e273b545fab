package dev.coatcheck.cli;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.LabSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How an application is started to be tried out. */
final class TrialOptions {
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
                    "Backing services to start beside the addons in app.json, as in 'up'; empty at the beginning of each run.")
    private List<String> with = List.of();

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = "A variable for all processes of the application; stronger than all else.")
    private Map<String, String> environment = Map.of();

    @Option(names = "--env-file", paramLabel = "FILE", description = "Read this instead of .env.")
    private @Nullable Path envFile;

    @Option(
            names = "--ready",
            paramLabel = "PATH",
            description = "The path that answers 2xx when an instance is ready.")
    private @Nullable String readinessPath;

    @Option(
            names = "--start-timeout",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            defaultValue = "60",
            description = "How long an instance may take until it is ready; ${DEFAULT-VALUE} by default.")
    private int startSeconds;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    /** Those of them that were typed, by their names. */
    List<String> typed() {
        List<String> mine = CommandSpec.forAnnotatedObject(new TrialOptions()).options().stream()
                .map(OptionSpec::longestName)
                .toList();
        return spec.commandLine().getParseResult().matchedOptions().stream()
                .map(OptionSpec::longestName)
                .filter(mine::contains)
                .toList();
    }

    /** @throws ParameterException if the application cannot be started with them */
    void check(Path folder) {
        if (startSeconds < 1) {
            throw wrong("--start-timeout: expected a number of seconds, not " + startSeconds);
        }
        if (web == null && Files.isDirectory(folder) && Files.notExists(folder.resolve("Procfile"))) {
            throw wrong("there is no Procfile in " + folder + "; write one with a line as 'web: node server.js', or"
                    + " give that command with --web 'node server.js'");
        }
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    /**
     * @param folder the application's
     * @param here from where paths count
     */
    LabSettings settings(Path folder, Path here) {
        Map<String, String> all = new HashMap<>(System.getenv());
        all.putAll(environment);
        Application application = Application.read(
                folder,
                new ApplicationOptions(
                        all,
                        Optional.empty(),
                        with,
                        Optional.ofNullable(envFile).map(here::resolve),
                        Optional.ofNullable(readinessPath),
                        Optional.ofNullable(web)));
        return LabSettings.of(application, Isolation.probe()).withStartLimit(Duration.ofSeconds(startSeconds));
    }
}
