package dev.coatcheck.prove.factor;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.host.process.OwnerMark;
import dev.coatcheck.prove.lab.LabInstance;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The environments that two instances have ended up with: a command may set variables of its own, each time others. Looked at
 * are those that the application is given or its command sets, not what the tools on the way to it keep there.
 */
final class Environments {
    /** What each instance is given for itself, and what shells keep there. */
    private static final Set<String> OWN =
            Set.of("PORT", "COATCHECK_INSTANCE", OwnerMark.VARIABLE, "HOSTNAME", "_", "SHLVL");

    private static final Pattern ASSIGNED = Pattern.compile("(?<![\\w$-])([A-Za-z_]\\w*)=");

    /** Folders that are made anew for each, as package managers put one in front of PATH. */
    private static final Pattern TEMPORARY = Pattern.compile("(/var)?/tmp/[^:;,\\s]*");

    private Environments() {}

    /** The names of the variables that an application's web processes have by its own doing. */
    static Set<String> names(Application application) {
        Set<String> names = new TreeSet<>(application.environment().keySet());
        names.addAll(application.variables().keySet());
        application.types().stream()
                .filter(type -> type.name().equals(ProcessType.WEB))
                .flatMap(web -> ASSIGNED.matcher(web.command()).results())
                .forEach(assigned -> names.add(assigned.group(1)));
        names.removeAll(OWN);
        return names;
    }

    static Observation compare(LabInstance one, LabInstance other, Set<String> names) {
        Optional<Map<String, String>> first = read(one);
        Optional<Map<String, String>> second = read(other);
        if (first.isEmpty() || second.isEmpty()) {
            return Observation.notLookedAt(
                    Factor.SAME_CONFIG, "the environment of a process that runs cannot be read here");
        }
        Set<String> differing = new TreeSet<>(names);
        differing.removeIf(
                name -> Objects.equals(first.get().get(name), second.get().get(name)));
        return differing.isEmpty()
                ? Observation.kept(
                        Factor.SAME_CONFIG,
                        "the environments of two instances were the same, but for PORT and their names")
                : Observation.notKept(
                        Factor.SAME_CONFIG,
                        "two instances had different values in " + String.join(", ", differing)
                                + ", which none of them was given from outside");
    }

    /** Empty where it cannot be read, or the process has written something else over it. */
    private static Optional<Map<String, String>> read(LabInstance instance) {
        String text;
        try {
            text = Files.readString(
                    Path.of("/proc/" + instance.servingPid() + "/environ"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return Optional.empty();
        }
        Map<String, String> variables = new TreeMap<>();
        for (String line : text.split("\0", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                variables.put(line.substring(0, equals), withoutOwn(line.substring(equals + 1), instance));
            }
        }
        return variables.containsKey(OwnerMark.VARIABLE) ? Optional.of(variables) : Optional.empty();
    }

    /** What is made of the name, the host name or the TCP port is another in each instance, as it should be. */
    private static String withoutOwn(String value, LabInstance instance) {
        String port = instance.target()
                .map(target -> target.address())
                .map(URI::getPort)
                .map(String::valueOf)
                .orElse("");
        String nameless = TEMPORARY
                .matcher(value)
                .replaceAll("TEMPORARY")
                .replace(instance.name(), "NAME")
                .replace(instance.name().replace('.', '-'), "NAME");
        return port.isEmpty() ? nameless : nameless.replaceAll("\\b" + port + "\\b", "PORT");
    }
}
