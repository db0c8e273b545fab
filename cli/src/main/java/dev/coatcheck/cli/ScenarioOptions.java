package dev.coatcheck.cli;

import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is to be played. */
final class ScenarioOptions {
    @Option(
            names = "--scenario",
            paramLabel = "FILE",
            description =
                    "A conversation in a file: NAME.hurl, NAME.http, or NAME.har as browsers and 'coatcheck record' record it; or"
                            + " a folder of such files; may be given several times. Without it and without --step: the folder"
                            + " scenarios of the application.")
    private List<Path> scenarios = List.of();

    @Option(
            names = "--step",
            paramLabel = "'METHOD /PATH [BODY]'",
            description = "One request of a conversation, in place of a file; given several times, in order.")
    private List<String> steps = List.of();

    @Option(names = "--variable", paramLabel = "NAME=VALUE", description = "A value for {{NAME}} in scenarios.")
    private Map<String, String> variables = Map.of();

    @Option(
            names = "--recorded-at",
            paramLabel = "URL",
            converter = Origin.class,
            description =
                    "The application's address in a recording NAME.har; by default that to which most requests went, of the host"
                            + " of its first page and its neighbours.")
    private @Nullable URI recordedAt;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    Map<String, String> variables() {
        return variables;
    }

    /** Whether somebody says what is played, so that it is not what the application keeps. */
    boolean areGiven() {
        return !scenarios.isEmpty() || !steps.isEmpty();
    }

    /**
     * @param application the application's folder, as typed
     * @throws ParameterException if nothing is to be played
     */
    void check(WorkingFolder here, Path application) {
        if (!scenarios.isEmpty() && !steps.isEmpty()) {
            throw wrong(
                    "--scenario and --step cannot both be given: one conversation is in files, or on the command line");
        }
        Path kept = keptIn(application);
        if (scenarios.isEmpty() && steps.isEmpty() && !Files.isDirectory(here.resolve(kept))) {
            throw wrong(
                    "what is to be played? Give --scenario FILE, or --step 'METHOD /PATH' once for each request, or put"
                            + " files NAME.hurl, NAME.http or NAME.har into " + kept);
        }
    }

    /** @throws ParameterException at the first thing that is wrong, with its place */
    List<ProofSettings.Source> sources(WorkingFolder here, Path application) {
        try {
            if (!steps.isEmpty()) {
                requireRecording(List.of());
                Scenario scenario = StepLines.read(steps, here.path(), variables.keySet());
                return List.of(new ProofSettings.Source(scenario, Optional.empty()));
            }
            List<Path> files = files(here, application);
            requireRecording(files);
            List<ProofSettings.Source> sources = new ArrayList<>();
            for (Path file : files) {
                sources.add(ProofSettings.Source.read(
                        here.resolve(file), here.shown(file), variables.keySet(), Optional.ofNullable(recordedAt)));
            }
            return ProofSettings.Source.toldApart(sources);
        } catch (InvalidScenarioException e) {
            throw wrong(String.valueOf(e.getMessage()));
        }
    }

    private void requireRecording(List<Path> files) {
        if (recordedAt != null
                && files.stream().noneMatch(file -> file.toString().matches("(?i).*\\.har"))) {
            throw wrong("--recorded-at tells where the application was when a recording NAME.har was made, and none is"
                    + " given; for instances that run already, --against and --origin tell where they are");
        }
    }

    /** Where an application keeps its own. */
    private static Path keptIn(Path application) {
        return application.resolve("scenarios");
    }

    private List<Path> files(WorkingFolder here, Path application) {
        List<Path> files = new ArrayList<>();
        for (Path named : scenarios.isEmpty() ? List.of(keptIn(application)) : scenarios) {
            Path there = here.resolve(named);
            if (Files.notExists(there)) {
                throw wrong("--scenario: there is no file " + there + suggestion(here, application.resolve(named)));
            }
            files.addAll(Files.isDirectory(there) ? filesIn(here, named) : List.of(named));
        }
        return files;
    }

    private List<Path> filesIn(WorkingFolder here, Path named) {
        try (Stream<Path> files = Files.list(here.resolve(named))) {
            List<Path> found = files.map(file -> named.resolve(file.getFileName()))
                    .filter(file -> file.toString().matches(".*\\.(hurl|http|rest|(?i:har))"))
                    .sorted()
                    .toList();
            if (found.isEmpty()) {
                throw wrong("--scenario: there is no file NAME.hurl, NAME.http or NAME.har in " + here.resolve(named));
            }
            return found;
        } catch (IOException e) {
            throw wrong(
                    "--scenario: the folder " + here.resolve(named) + " cannot be read (" + WorkingFolder.why(e) + ")");
        }
    }

    /** People take the path to be one in the application's folder. */
    private static String suggestion(WorkingFolder here, Path inside) {
        return Files.exists(here.resolve(inside)) ? "; did you mean " + inside + "?" : "";
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
