package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.prove.isolation.Isolation;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is proved, and with what.
 *
 * @param application what is to be run; how many of each process type is of no matter here
 * @param variables of the command line, for scenarios
 * @param isolation what holds the instances apart
 * @param startLimit how long a process may take until it is ready
 * @param requestLimit how long a request may take
 * @param reset a shell command that makes attached backing services as they are to be before each run
 */
public record LabSettings(
        Application application,
        Map<String, String> variables,
        Isolation isolation,
        Duration startLimit,
        Duration requestLimit,
        Optional<String> reset)
        implements SiteSettings {
    /** The application's address as its users know it, the same in every run wherever its instances listen. */
    public static final URI ORIGIN = URI.create("http://localhost:8080");

    public LabSettings {
        variables = Map.copyOf(variables);
    }

    @Override
    public Site open() {
        return Lab.open(this);
    }

    @Override
    public List<String> weaknesses() {
        return isolation.weaknesses();
    }

    /** A minute for a start, half of one for a request, and no command. */
    public static LabSettings of(Application application, Isolation isolation) {
        return new LabSettings(
                application, Map.of(), isolation, Duration.ofMinutes(1), Duration.ofSeconds(30), Optional.empty());
    }

    public LabSettings withStartLimit(Duration limit) {
        return new LabSettings(application, variables, isolation, limit, requestLimit, reset);
    }

    public LabSettings withVariables(Map<String, String> other) {
        return new LabSettings(application, other, isolation, startLimit, requestLimit, reset);
    }

    public LabSettings withRequestLimit(Duration limit) {
        return new LabSettings(application, variables, isolation, startLimit, limit, reset);
    }

    public LabSettings withReset(String command) {
        return new LabSettings(application, variables, isolation, startLimit, requestLimit, Optional.of(command));
    }
}
