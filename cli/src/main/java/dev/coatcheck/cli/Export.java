package dev.coatcheck.cli;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.formation.export.Engine;
import dev.coatcheck.formation.export.ExportFolder;
import dev.coatcheck.formation.export.ExportSettings;
import dev.coatcheck.formation.export.Manifests;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code coatcheck export}. */
@Command(
        name = "export",
        description = {
            "Writes the application in a folder down for an engine that runs it elsewhere: manifests for Kubernetes, units"
                    + " for systemd, or a Compose file. It reads what 'up' reads: Procfile, .env and app.json.",
            "What the engine cannot do that 'up' does is told as a warning, and stands at the head of a file too."
        },
        footer = {
            "",
            "Values that may be secret are never written: those of .env, the URLs of backing services, and generated"
                    + " secrets get placeholders, and a comment says where they go. Variables of this shell are left out.",
            "Files that an export did not write, or that were changed since, are not replaced without --force.",
            "",
            "Examples:",
            "  coatcheck export kubernetes --out deploy --image registry.example.com/gallery:7",
            "  coatcheck export systemd gallery --out units --formation web=3,worker=2",
            "  coatcheck export compose --out compose --env-file production.env --config LOG_LEVEL,LOCALE"
        })
final class Export implements Callable<Integer> {
    @ParentCommand
    private Coatcheck coatcheck = new Coatcheck();

    @Parameters(index = "0", paramLabel = "ENGINE", description = "One of: ${COMPLETION-CANDIDATES}.")
    private @Nullable Engine engine;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "DIR",
            description = "The application's folder; this one by default.")
    private Path folder = Path.of("");

    @Option(names = "--out", required = true, paramLabel = "DIR", description = "The folder to write to.")
    private Path out = Path.of("");

    @Option(names = "--force", description = "Replace files that are not as an export left them.")
    private boolean force;

    @Option(
            names = "--image",
            paramLabel = "NAME",
            description = "The container image that holds the application; for kubernetes and compose.")
    private @Nullable String image;

    @Option(
            names = "--formation",
            paramLabel = "TYPE=N,…",
            description =
                    "How many of each process type, as in web=3,worker=2. By default what app.json says, else one.")
    private @Nullable String quantities;

    @Option(
            names = "--with",
            paramLabel = "SERVICE,…",
            split = ",",
            description = "Backing services beside the addons in app.json, as in 'up'.")
    private List<String> with = List.of();

    @Option(names = "--env-file", paramLabel = "FILE", description = "Read this instead of .env.")
    private @Nullable Path envFile;

    @Option(
            names = "--config",
            paramLabel = "NAME,…",
            split = ",",
            description = "Variables that are no secrets: their values are written out.")
    private Set<String> plain = new LinkedHashSet<>();

    @Option(
            names = "--ready",
            paramLabel = "PATH",
            description = "The path that answers 2xx when an instance is ready. By default the one in app.json's"
                    + " healthchecks.")
    private @Nullable String readinessPath;

    @Option(
            names = "--start-timeout",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description = "How long an instance may take until it is ready; 60 by default; for kubernetes and compose.")
    private @Nullable Integer startSeconds;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() {
        Engine chosen = engine();
        Application application = Application.describe(
                coatcheck.folder().resolve(folder),
                new ApplicationOptions(
                        Map.of(),
                        Optional.ofNullable(quantities),
                        with,
                        Optional.ofNullable(envFile).map(coatcheck.folder()::resolve),
                        Optional.ofNullable(readinessPath),
                        Optional.empty()));
        Manifests manifests = chosen.export(application, settings(application));
        ExportFolder.Written written =
                ExportFolder.at(coatcheck.folder().resolve(out).normalize()).write(manifests.files(), force);
        PrintWriter terminal = spec.commandLine().getOut();
        written.files().forEach(file -> terminal.println("wrote " + file));
        PrintWriter err = spec.commandLine().getErr();
        application.notes().forEach(note -> err.println("coatcheck: warning: " + note));
        manifests.warnings().forEach(warning -> err.println("coatcheck: warning: " + warning));
        written.leftOver()
                .forEach(file -> err.println("coatcheck: warning: " + file
                        + " is left from an earlier export and belongs to this one no more; remove it"));
        return 0;
    }

    private Engine engine() {
        Engine chosen = engine;
        if (chosen == Engine.SYSTEMD && image != null) {
            throw new ParameterException(spec.commandLine(), "--image: systemd runs no images");
        }
        if (chosen == Engine.SYSTEMD && startSeconds != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--start-timeout: systemd waits for no readiness; HAProxy asks until an instance answers");
        }
        if (chosen == null) {
            throw new ParameterException(
                    spec.commandLine(), "for which engine? Give one of " + List.of(Engine.values()));
        }
        return chosen;
    }

    private ExportSettings settings(Application application) {
        Set<String> unknown = new TreeSet<>(plain);
        unknown.removeAll(application.variables().keySet());
        if (!unknown.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--config: neither app.json nor .env has " + String.join(", ", unknown) + "; they have "
                            + String.join(", ", application.variables().keySet()));
        }
        ExportSettings settings = ExportSettings.defaults().withPlain(plain);
        Integer seconds = startSeconds;
        ExportSettings timed = seconds == null
                ? settings
                : checked("--start-timeout", () -> settings.withStartLimit(Duration.ofSeconds(seconds)));
        String name = image;
        return name == null ? timed : checked("--image", () -> timed.withImage(name));
    }

    private ExportSettings checked(String option, Supplier<ExportSettings> settings) {
        try {
            return settings.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
        }
    }
}
