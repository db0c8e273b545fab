package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.StopPolicy;
import dev.coatcheck.formation.supervision.ShellCommand;
import dev.coatcheck.host.process.Signal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What the exports share: the application, and names that any engine takes.
 *
 * @param name of the application
 * @param typeNames of the process types, by what the Procfile calls them
 */
record Plan(
        Engine engine,
        Application application,
        ExportSettings settings,
        String name,
        Map<String, String> typeNames,
        Variables variables) {
    private static final int LONGEST_NAME = 30;
    private static final int LONGEST_TYPE = 24;

    static Plan of(Engine engine, Application application, ExportSettings settings) {
        Names types = new Names(LONGEST_TYPE);
        // First, so that no other type is called so.
        types.claim(ProcessType.RELEASE);
        Map<String, String> typeNames = new LinkedHashMap<>();
        application.types().forEach(type -> typeNames.put(type.name(), types.claim(type.name())));
        return new Plan(
                engine,
                application,
                settings,
                new Names(LONGEST_NAME).claim(application.name()),
                typeNames,
                Variables.of(application, settings.plain()));
    }

    String typeName(ProcessType type) {
        return typeNames.getOrDefault(type.name(), ProcessType.RELEASE);
    }

    /** {@code gallery-web}. */
    String fullName(ProcessType type) {
        return name + "-" + typeName(type);
    }

    Optional<ProcessType> web() {
        return application.types().stream().filter(Plan::isWeb).findFirst();
    }

    static boolean isWeb(ProcessType type) {
        return type.name().equals(ProcessType.WEB);
    }

    String image() {
        return settings.image().orElse(name + ":latest");
    }

    /** How long it may take to end when it was asked to. */
    Duration stopLimit(ProcessType type) {
        return stopPolicy(type).limit().orElse(settings.formation().stopLimit());
    }

    Signal stopSignal(ProcessType type) {
        return stopPolicy(type).signal();
    }

    private StopPolicy stopPolicy(ProcessType type) {
        return application.stops().getOrDefault(type.name(), StopPolicy.DEFAULT);
    }

    /** For {@code sh -c}. */
    static String shellCommand(ProcessType type) {
        return ShellCommand.inPlaceOfTheShell(type.command());
    }

    /** The process types whose shell gets SIGTERM in place of the application. */
    List<ProcessType> typesThatKeepTheShell() {
        return Stream.concat(application.types().stream(), application.release().stream())
                .filter(type -> ShellCommand.keepsTheShell(type.command()))
                .toList();
    }
}
