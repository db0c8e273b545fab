package dev.coatcheck.formation.export;

import dev.coatcheck.formation.application.ProcessType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What differs wherever an application runs from an image. */
final class ContainerWarnings {
    private ContainerWarnings() {}

    static List<String> of(Plan plan) {
        List<String> warnings = new ArrayList<>();
        if (plan.settings().image().isEmpty()) {
            warnings.add("no --image was given, so " + plan.image()
                    + " is assumed; it has to hold the application in its" + " working directory, and /bin/sh.");
        }
        if (plan.web().isPresent()) {
            warnings.add("a web process has to listen on all addresses (0.0.0.0 or ::) at $PORT; one that listens on"
                    + " 127.0.0.1 only is not reached from outside of its container.");
        }
        List<ProcessType> kept = plan.typesThatKeepTheShell();
        if (!kept.isEmpty()) {
            warnings.add("the command of "
                    + kept.stream().map(ProcessType::name).collect(Collectors.joining(", "))
                    + " keeps a shell in front, which does not pass SIGTERM on, so the application is killed without it: put"
                    + " the command into a script that ends with 'exec'.");
        }
        return warnings;
    }
}
