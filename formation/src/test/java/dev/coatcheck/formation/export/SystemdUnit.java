package dev.coatcheck.formation.export;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A unit file, read strictly: a section or a key that systemd 257 does not know, or a line of another form, fails. */
final class SystemdUnit {
    private static final Map<String, Set<String>> KNOWN = Map.of(
            "Unit", Set.of("Description", "PartOf", "Wants", "After", "Before", "StartLimitIntervalSec"),
            "Install", Set.of("WantedBy"),
            "Service",
                    Set.of(
                            "Type",
                            "User",
                            "WorkingDirectory",
                            "EnvironmentFile",
                            "Environment",
                            "ExecStart",
                            "Restart",
                            "RestartSec",
                            "RestartSteps",
                            "RestartMaxDelaySec",
                            "KillMode",
                            "KillSignal",
                            "TimeoutStopSec",
                            "TimeoutStartSec",
                            "SuccessExitStatus",
                            "PrivateTmp",
                            "ProtectSystem",
                            "NoNewPrivileges",
                            "PrivateDevices",
                            "ProtectClock",
                            "ProtectControlGroups",
                            "ProtectHostname",
                            "ProtectKernelLogs",
                            "ProtectKernelModules",
                            "ProtectKernelTunables",
                            "RestrictRealtime",
                            "RestrictSUIDSGID",
                            "LockPersonality"));
    private static final Pattern QUOTED = Pattern.compile("/bin/sh -c \"(.*)\"");
    private static final Pattern ESCAPE = Pattern.compile("\\\\(x[0-9a-f]{2}|.)|%(.)|\\$(.?)|\"");

    private final Map<String, List<String>> values = new HashMap<>();

    private SystemdUnit() {}

    static SystemdUnit parse(String text) {
        SystemdUnit unit = new SystemdUnit();
        String section = "";
        for (String line : text.split("\n", -1)) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            if (line.matches("\\[\\w+]")) {
                section = line.substring(1, line.length() - 1);
                continue;
            }
            int equals = line.indexOf('=');
            String key = equals < 0 ? line : line.substring(0, equals);
            if (equals < 0 || !KNOWN.getOrDefault(section, Set.of()).contains(key) || line.endsWith("\\")) {
                throw new AssertionError("not of a unit file's form in [" + section + "]: " + line);
            }
            unit.values.computeIfAbsent(key, _ -> new ArrayList<>()).add(line.substring(equals + 1));
        }
        return unit;
    }

    List<String> all(String key) {
        return values.getOrDefault(key, List.of());
    }

    String one(String key) {
        if (all(key).size() != 1) {
            throw new AssertionError(key + ": " + all(key));
        }
        return all(key).getFirst();
    }

    /** What the shell gets, by the rules of systemd.service(5) on command lines and of systemd.unit(5) on specifiers. */
    String shellCommand(String instance) {
        Matcher quoted = QUOTED.matcher(one("ExecStart"));
        if (!quoted.matches()) {
            throw new AssertionError("not a quoted argument of a shell: " + one("ExecStart"));
        }
        return ESCAPE.matcher(quoted.group(1))
                .replaceAll(match -> Matcher.quoteReplacement(meant(match.group(), instance)));
    }

    private static String meant(String escape, String instance) {
        return switch (escape) {
            case "%%" -> "%";
            case "%i" -> instance;
            case "$$" -> "$";
            case "\\\"" -> "\"";
            case "\\\\" -> "\\";
            case "\\t" -> "\t";
            case "\\r" -> "\r";
            default -> {
                if (!escape.startsWith("\\x")) {
                    throw new AssertionError("systemd would take this for its own: " + escape);
                }
                yield String.valueOf((char) Integer.parseInt(escape.substring(2), 16));
            }
        };
    }
}
