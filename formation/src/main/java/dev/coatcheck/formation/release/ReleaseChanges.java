package dev.coatcheck.formation.release;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What is different between two releases, in lines for people. Of variables it tells the names, never the values. */
public final class ReleaseChanges {
    private final List<String> lines = new ArrayList<>();

    private ReleaseChanges() {}

    /** Empty when nothing is. */
    public static List<String> between(Release before, Release after) {
        return between(before.build(), before.configuration(), after.build(), after.configuration());
    }

    static List<String> between(String buildBefore, Configuration before, String buildAfter, Configuration after) {
        ReleaseChanges changes = new ReleaseChanges();
        if (!buildBefore.equals(buildAfter)) {
            changes.lines.add("build " + buildBefore + " → " + buildAfter);
        }
        changes.each("Procfile: ", commands(before), commands(after), command -> "'" + command + "'");
        changes.each("formation: ", before.quantities(), after.quantities(), String::valueOf);
        changes.names("variables: ", before.environment(), after.environment());
        changes.names("services: ", labels(before), labels(after));
        changes.names("generated secrets: ", before.secrets(), after.secrets());
        changes.one(
                "readiness path: ",
                before.readinessPath().orElse("none"),
                after.readinessPath().orElse("none"));
        changes.each(
                "stop: ",
                before.stops(),
                after.stops(),
                stop -> "SIG" + stop.signal()
                        + stop.limit()
                                .map(limit -> " " + limit.toSeconds() + " s")
                                .orElse(""));
        return List.copyOf(changes.lines);
    }

    private static Map<String, String> commands(Configuration configuration) {
        Map<String, String> commands = new LinkedHashMap<>();
        configuration.release().ifPresent(type -> commands.put(type.name(), type.command()));
        configuration.types().forEach(type -> commands.put(type.name(), type.command()));
        return commands;
    }

    private static Map<String, String> labels(Configuration configuration) {
        return configuration.services().stream().collect(Collectors.toMap(kind -> kind.label(), kind -> ""));
    }

    private <V> void each(String what, Map<String, V> before, Map<String, V> after, Function<V, String> words) {
        for (String name : union(before.keySet(), after.keySet())) {
            V old = before.get(name);
            V now = after.get(name);
            if (!Objects.equals(old, now)) {
                String from = old == null ? "added as " : words.apply(old) + " → ";
                lines.add(what + name + " " + (now == null ? "removed" : from + words.apply(now)));
            }
        }
    }

    private void names(String what, Set<String> before, Set<String> after) {
        names(
                what,
                before.stream().collect(Collectors.toMap(name -> name, _ -> "")),
                after.stream().collect(Collectors.toMap(name -> name, _ -> "")));
    }

    private void names(String what, Map<String, String> before, Map<String, String> after) {
        List<String> words = new ArrayList<>();
        for (String name : union(before.keySet(), after.keySet())) {
            if (!after.containsKey(name)) {
                words.add(name + " removed");
            } else if (!before.containsKey(name)) {
                words.add(name + " added");
            } else if (!Objects.equals(before.get(name), after.get(name))) {
                words.add(name + " changed");
            }
        }
        if (!words.isEmpty()) {
            lines.add(what + String.join(", ", words));
        }
    }

    private void one(String what, String before, String after) {
        if (!before.equals(after)) {
            lines.add(what + before + " → " + after);
        }
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> union = new TreeSet<>(one);
        union.addAll(other);
        return union;
    }
}
