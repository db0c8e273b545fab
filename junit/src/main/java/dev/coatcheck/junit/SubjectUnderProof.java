package dev.coatcheck.junit;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.Baseline;
import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.LabSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** The application that an annotation describes, and how it is proved. */
record SubjectUnderProof(LabSettings lab, ProveStateless annotation) {

    /** @throws ExtensionConfigurationException if it cannot be meant */
    static SubjectUnderProof of(ProveStateless annotation) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        for (String variable : annotation.env()) {
            String[] parts = variable.split("=", 2);
            if (parts.length < 2 || parts[0].isEmpty()) {
                throw new ExtensionConfigurationException("@ProveStateless(env): expected NAME=VALUE, not " + variable);
            }
            environment.put(parts[0], parts[1]);
        }
        LabSettings lab = LabSettings.of(application(annotation, environment), Isolation.probe())
                .withStartLimit(Duration.ofSeconds(annotation.startSeconds()));
        SubjectUnderProof subject = new SubjectUnderProof(lab, annotation);
        subject.checks(); // before the test runs, which takes long
        return subject;
    }

    private static Application application(ProveStateless annotation, Map<String, String> environment) {
        Path folder = Path.of(annotation.folder()).toAbsolutePath().normalize();
        Optional<String> command = command(annotation);
        if (command.isEmpty() && !Files.exists(folder.resolve("Procfile"))) {
            throw new ExtensionConfigurationException(
                    "@ProveStateless: give a jar or a command that starts the application;"
                            + " there is no Procfile in " + folder + " that says it");
        }
        ApplicationOptions options = new ApplicationOptions(
                environment,
                Optional.empty(),
                List.of(annotation.with()),
                Optional.empty(),
                given(annotation.ready()),
                command);
        try {
            return Application.read(folder, options);
        } catch (LinkageError e) {
            throw new ExtensionConfigurationException(
                    "a library that the proof needs is on the class path of the tests in a version that does not fit ("
                            + e
                            + "). Where a BOM names an older one, as Spring Boot 3 does of jackson-annotations, name the"
                            + " one that is needed before it: docs/junit.md says which",
                    e);
        }
    }

    private static Optional<String> given(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static Optional<String> command(ProveStateless annotation) {
        if (annotation.jar().isEmpty()) {
            return given(annotation.command());
        }
        if (!annotation.command().isEmpty()) {
            throw new ExtensionConfigurationException("@ProveStateless: give a jar or a command, not both");
        }
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        return Optional.of("exec " + quoted(java.toString()) + " -jar " + quoted(annotation.jar()));
    }

    /** For the shell. */
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    ProofSettings proof(ProofSettings.Source source) {
        return new ProofSettings(
                lab,
                List.of(source),
                annotation.instances(),
                checks(),
                Duration.ofSeconds(annotation.leaseSeconds()),
                ProofSettings.HORIZON,
                commandLine(source.file().orElse("FILE.har")),
                annotation.folder().isEmpty() ? "." : annotation.folder(),
                Map.of("java", Runtime.version().toString()),
                Baseline.none(),
                false);
    }

    /** What proves the recording without the test; the values of variables may be secrets, and a report is passed on. */
    private String commandLine(String recording) {
        StringJoiner line = new StringJoiner(" ", "coatcheck prove ", "");
        if (!annotation.folder().isEmpty()) {
            line.add(quoted(annotation.folder()));
        }
        command(annotation).ifPresent(web -> line.add("--web").add(quoted(web)));
        if (annotation.with().length > 0) {
            line.add("--with").add(String.join(",", annotation.with()));
        }
        for (String variable : annotation.env()) {
            String name = variable.split("=", 2)[0];
            line.add("--env").add(name + "=\"$" + name + "\"");
        }
        given(annotation.ready()).ifPresent(path -> line.add("--ready").add(quoted(path)));
        line.add("--instances").add(Integer.toString(annotation.instances()));
        line.add("--start-timeout").add(Integer.toString(annotation.startSeconds()));
        line.add("--lease").add(Integer.toString(annotation.leaseSeconds()));
        return line.add("--scenario").add(quoted(recording)).toString();
    }

    private Optional<Set<Check>> checks() {
        if (annotation.checks().length == 0) {
            return Optional.empty();
        }
        Map<String, Check> known =
                Arrays.stream(Check.values()).collect(Collectors.toMap(Check::label, check -> check));
        Set<Check> chosen = EnumSet.noneOf(Check.class);
        for (String name : annotation.checks()) {
            Check check = known.get(name.toLowerCase(Locale.ROOT));
            if (check == null) {
                throw new ExtensionConfigurationException("@ProveStateless(checks): there is no check '" + name
                        + "'; known are " + String.join(", ", known.keySet()));
            }
            chosen.add(check);
        }
        return Optional.of(chosen);
    }
}
