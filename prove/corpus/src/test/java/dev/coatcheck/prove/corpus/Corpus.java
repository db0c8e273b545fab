package dev.coatcheck.prove.corpus;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.Proof;
import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.ScenarioFiles;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The small applications under {@code prove/src/test/apps}, each with the verdict that is right for it. */
record Corpus(Path folder, JsonNode expected) {
    private static final Isolation ISOLATION = Isolation.probe();
    private static final JsonMapper JSON = new JsonMapper();

    static Stream<Corpus> all() {
        try (Stream<Path> folders = Files.list(Path.of("../src/test/apps"))) {
            return folders
                    .filter(folder -> Files.exists(folder.resolve("expected.json")))
                    .sorted()
                    .map(folder -> new Corpus(
                            folder.toAbsolutePath().normalize(),
                            JSON.readTree(folder.resolve("expected.json").toFile())))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Report prove(Progress progress) throws InterruptedException {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (Files.exists(folder.resolve("Server.java"))) {
            String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
            environment.put("APP_CLASSPATH", Compiled.classes(folder, classPath) + File.pathSeparator + classPath);
            environment.put("SERVER", "Server");
        }
        environment.put(
                "COATCHECK_JAVA",
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        // Where a machine trusts more authorities than Node does, reading them takes longer than all else of a start.
        environment.remove("NODE_EXTRA_CA_CERTS");
        ApplicationOptions options = ApplicationOptions.of(environment);
        JsonNode ready = expected.at("/arguments/ready");
        Application application =
                Application.read(folder, ready.isString() ? options.withReadinessPath(ready.stringValue()) : options);
        LabSettings lab = LabSettings.of(application, ISOLATION);
        JsonNode limit = expected.at("/arguments/startTimeout");
        if (limit.isString()) {
            lab = lab.withStartLimit(Duration.parse("PT" + limit.stringValue()));
        }
        ProofSettings settings =
                ProofSettings.of(lab, List.of(new ProofSettings.Source(scenario(), Optional.empty())), checks());
        JsonNode lease = expected.at("/arguments/lease");
        if (lease.isString()) {
            settings = settings.withLease(Duration.parse("PT" + lease.stringValue()));
        }
        return Proof.of(settings, progress);
    }

    /**
     * The usual ones on what does not leak, for alarms that are false, or those that it names. What leaks gets those that split
     * and kill, and those that it is there for; the rest with {@code -Dcorpus.checks=all}. Advice is asked for where it is
     * expected, or none is.
     */
    private Set<Check> checks() {
        if (expected.at("/arguments/checks").isArray()) {
            return named(expected.at("/arguments/checks"));
        }
        Set<Check> checks = EnumSet.copyOf(Check.byDefault());
        boolean leaks = expected.path("verdict").asString("").equals("stateful");
        if (leaks && !System.getProperty("corpus.checks", "").equals("all")) {
            checks.retainAll(EnumSet.of(Check.SPREAD, Check.AMNESIA, Check.RESTART, Check.CRASH));
            checks.addAll(named(expected.path("checks")));
        }
        if (!expected.has("advice")) {
            checks.remove(Check.FACTORS);
        }
        return checks;
    }

    private static Set<Check> named(JsonNode names) {
        Set<Check> checks = EnumSet.noneOf(Check.class);
        names.forEach(name -> checks.add(Check.valueOf(name.stringValue().toUpperCase(Locale.ROOT))));
        return checks;
    }

    /** What has to be installed for it; those in Java run on the tests' own. */
    String program() {
        try {
            String web = Files.readString(folder.resolve("Procfile"));
            return Stream.of("node", "python3", "php")
                    .filter(web::contains)
                    .findFirst()
                    .orElse("sh");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Scenario scenario() {
        Path steps = folder.resolve("steps.txt");
        try {
            return Files.exists(steps)
                    ? StepLines.read(Files.readAllLines(steps), folder, List.of())
                    : ScenarioFiles.read(List.of(folder.resolve("scenario.hurl")), List.of())
                            .getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return folder.getFileName().toString();
    }
}
