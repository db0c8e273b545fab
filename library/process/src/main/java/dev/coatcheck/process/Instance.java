package dev.coatcheck.process;

import java.util.Map;
import java.util.stream.Stream;

/**
 * The name of this running copy of a process type, such as {@code web.2}. It is what logs, health answers and pages show,
 * so that people can tell the copies apart; nothing may depend on it.
 */
public final class Instance {
    /** The environment variable that whoever starts the process sets. */
    public static final String VARIABLE = "COATCHECK_INSTANCE";

    private static final String NAME = name(System.getenv());

    private Instance() {}

    /**
     * The name: {@value #VARIABLE} where it is set, else {@code HOSTNAME} (which in a container or pod is its name), else
     * {@code pid-} and the process id. It stays the same for the life of the process.
     */
    public static String name() {
        return NAME;
    }

    static String name(Map<String, String> environment) {
        return Stream.of(VARIABLE, "HOSTNAME")
                .map(variable -> environment.getOrDefault(variable, ""))
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElseGet(() -> "pid-" + ProcessHandle.current().pid());
    }
}
