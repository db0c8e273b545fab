package dev.coatcheck.formation.application;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is said about an application beside its files.
 *
 * @param environment the environment of the runner; every process gets it
 * @param quantities how many of each process type, as {@code web=3,worker=2}
 * @param with backing services to attach, by name
 * @param envFile read in place of {@code .env}
 * @param readinessPath the path that answers 2xx when an instance is ready
 * @param web the command of the process type {@code web}, in place of what a Procfile may say
 */
public record ApplicationOptions(
        Map<String, String> environment,
        Optional<String> quantities,
        List<String> with,
        Optional<Path> envFile,
        Optional<String> readinessPath,
        Optional<String> web) {
    public ApplicationOptions {
        environment = Map.copyOf(environment);
        with = List.copyOf(with);
    }

    /** Nothing but an environment. */
    public static ApplicationOptions of(Map<String, String> environment) {
        return new ApplicationOptions(
                environment, Optional.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty());
    }

    public ApplicationOptions withQuantities(String other) {
        return new ApplicationOptions(environment, Optional.of(other), with, envFile, readinessPath, web);
    }

    public ApplicationOptions withServices(String... names) {
        return new ApplicationOptions(environment, quantities, List.of(names), envFile, readinessPath, web);
    }

    public ApplicationOptions withEnvFile(Path file) {
        return new ApplicationOptions(environment, quantities, with, Optional.of(file), readinessPath, web);
    }

    public ApplicationOptions withReadinessPath(String path) {
        return new ApplicationOptions(environment, quantities, with, envFile, Optional.of(path), web);
    }

    public ApplicationOptions withWeb(String command) {
        return new ApplicationOptions(environment, quantities, with, envFile, readinessPath, Optional.of(command));
    }
}
