package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Small applications, written by the test that tries them out. */
public record Trials(Path folder, Map<String, String> environment) {
    private static final Isolation ISOLATION = Isolation.probe();

    public Trials(Path folder) {
        this(folder, System.getenv());
    }

    public Trials file(String name, String content) {
        try {
            Files.writeString(folder.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    public Trials web(String command, String server) {
        return file("Procfile", "web: " + command + "\n").file("server.js", server);
    }

    public Trials with(String variable, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(variable, value);
        return new Trials(folder, more);
    }

    public Lab lab() {
        Application application = Application.read(folder, ApplicationOptions.of(environment));
        return Lab.open(LabSettings.of(application, ISOLATION).withStartLimit(Duration.ofSeconds(20)));
    }

    /** So many requests for {@code /}. */
    public Scenario steps(int number) {
        return StepLines.read(Stream.generate(() -> "GET /").limit(number).toList(), folder, List.of());
    }

    public Run play(Plan plan) throws InterruptedException {
        return play(plan, steps(plan.steps()));
    }

    public Run play(Plan plan, Scenario scenario) throws InterruptedException {
        try (Lab lab = lab();
                Trial trial = lab.begin(plan, scenario, Optional.empty(), 0)) {
            trial.playUpTo(plan.steps());
            return trial.run();
        }
    }
}
