package dev.coatcheck.cli.doctor;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.formation.application.InvalidApplicationException;
import dev.coatcheck.formation.application.ServiceKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;

/**
 * What was found on this machine, of an application in a folder, and of the backing services that are attached to it.
 *
 * {@snippet :
 * Examination examination = Examination.of(Path.of("gallery"), System.getenv());
 * System.exit(examination.nothingMissing() ? 0 : 1);
 * }
 *
 * @param machine in an order for people
 * @param application what is in the folder
 * @param resources by the names of their variables
 */
public record Examination(List<Finding> machine, Finding application, List<Resource> resources) {
    private static final List<String> FILES = List.of("Procfile", "app.json", ".env");

    /**
     * Looks at everything, side by side: some seconds at most. Starts no server and changes nothing.
     *
     * @param environment what {@code up} would be given
     */
    public static Examination of(Path folder, Map<String, String> environment) throws InterruptedException {
        Optional<Application> application = Optional.empty();
        Finding found = Finding.ok(
                "application", "application", "none in " + folder + ": there is no Procfile, app.json or .env");
        if (FILES.stream().anyMatch(file -> Files.exists(folder.resolve(file)))) {
            try {
                application = Optional.of(read(folder, environment));
                found = describe(application.get());
            } catch (InvalidApplicationException e) {
                String problems = String.join(
                        "; ", e.problems().stream().map(Object::toString).toList());
                found = Finding.missing(
                        "application", "application", problems, "'up' and 'prove' refuse it", "correct it");
            }
        }
        Map<String, String> attached = application.map(Application::environment).orElse(environment);
        int processes = application
                .map(one -> one.quantities().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum())
                .orElse(1);
        Set<ServiceKind> wanted = application.map(Application::services).orElse(Set.of());
        FutureTask<List<Resource>> resources = new FutureTask<>(() -> Resources.examine(attached, processes));
        Thread.ofVirtual().name("doctor-resources").start(resources);
        try {
            return new Examination(Machine.examine(wanted), found, resources.get());
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } finally {
            resources.cancel(true);
        }
    }

    /** Without a Procfile the web process is the command line's to name: {@code prove --web}. */
    private static Application read(Path folder, Map<String, String> environment) {
        ApplicationOptions options = ApplicationOptions.of(environment);
        return Files.exists(folder.resolve("Procfile"))
                ? Application.read(folder, options)
                : Application.read(folder, options.withWeb("true"));
    }

    private static Finding describe(Application application) {
        String types = application.types().stream()
                .map(type -> type.name() + "=" + application.quantity(type.name()))
                .reduce((one, other) -> one + ", " + other)
                .orElse("nothing to run");
        String services = application.services().isEmpty()
                ? ""
                : "; to be started with it: "
                        + String.join(
                                ", ",
                                application.services().stream()
                                        .map(ServiceKind::label)
                                        .toList());
        return Finding.ok(
                "application",
                "application",
                Files.exists(application.folder().resolve("Procfile"))
                        ? types + services
                        : "no Procfile, so that 'prove' needs --web" + services);
    }

    /** Whether everything is there that {@code up} and {@code prove} need. */
    @JsonProperty
    public boolean nothingMissing() {
        return states().noneMatch(state -> state == State.MISSING);
    }

    /** How many things are as bad as this, those of each backing service counted one by one. */
    public long count(State state) {
        return states().filter(one -> one == state).count();
    }

    private Stream<State> states() {
        Stream<Finding> own = Stream.concat(machine.stream(), Stream.of(application));
        return Stream.concat(own, resources.stream().flatMap(one -> one.answer().findings().stream()))
                .map(Finding::state);
    }
}
