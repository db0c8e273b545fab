package dev.coatcheck.prove.factor;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.Origin;
import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Lacking;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Whether a start fails that lacks what is known to be required: variables of {@code app.json} without a value there, and
 * those of backing services. All are taken away at once, for a program that tells everything that it misses
 * takes one start, and so does one that misses nothing.
 */
final class RequiredVariables {
    private static final int MOST_STARTS = 5;

    private final Lab lab;
    private final Duration limit;

    /** By what they are called, the names of variables that belong together. */
    private final Map<String, Set<String>> left;

    private final List<String> startsWithout = new ArrayList<>();
    private final List<String> hangsWithout = new ArrayList<>();
    private final List<String> named = new ArrayList<>();
    private final List<String> unnamed = new ArrayList<>();

    /** @param limit how long a start is waited for that neither fails nor comes up */
    RequiredVariables(Lab lab, Duration limit) {
        this.lab = lab;
        this.limit = limit;
        this.left = required(lab.application());
    }

    private static Map<String, Set<String>> required(Application application) {
        Map<String, Origin> known = new TreeMap<>(application.variables());
        Map<String, Set<String>> required = new LinkedHashMap<>();
        for (ServiceKind kind : ServiceKind.values()) {
            List<String> names =
                    kind.variables().stream().filter(known::containsKey).toList();
            if (!names.isEmpty()) {
                required.put(names.getFirst(), new LinkedHashSet<>(names));
                known.keySet().removeAll(names);
            }
        }
        // Of what stands in .env alone, much has a default in the program.
        known.keySet().retainAll(application.required());
        known.forEach((name, origin) -> {
            // What has its value in app.json is a default that everybody has.
            if (origin == Origin.OUTSIDE || origin == Origin.GENERATED) {
                required.put(name, Set.of(name));
            }
        });
        return required;
    }

    Observation look() throws InterruptedException {
        if (left.isEmpty()) {
            return Observation.notLookedAt(
                    Factor.CONFIG, "app.json requires no variable, and no backing service is started for it");
        }
        if (lab.whyNotLacking().isPresent()) {
            return Observation.notLookedAt(Factor.CONFIG, lab.whyNotLacking().get());
        }
        boolean oneByOne = false;
        for (int starts = 0; starts < MOST_STARTS && !left.isEmpty(); starts++) {
            Set<String> tried = oneByOne ? Set.of(left.keySet().iterator().next()) : Set.copyOf(left.keySet());
            oneByOne |= !learnsFrom(tried);
        }
        return observation();
    }

    /** Whether a start without these says something of some of them. */
    private boolean learnsFrom(Set<String> tried) throws InterruptedException {
        Set<String> variables = tried.stream()
                .flatMap(each -> left.getOrDefault(each, Set.of()).stream())
                .collect(Collectors.toSet());
        switch (lab.startLacking(variables, limit)) {
            case Lacking.CameUp() -> settle(tried, startsWithout);
            case Lacking.NeitherNor() -> settle(tried, hangsWithout);
            case Lacking.Ended(List<String> lines) -> {
                Set<String> told = tried.stream()
                        .filter(each ->
                                left.getOrDefault(each, Set.of()).stream().anyMatch(name -> isIn(lines, name)))
                        .collect(Collectors.toSet());
                settle(told, named);
                if (told.isEmpty() && tried.size() > 1) {
                    return false;
                }
                if (told.isEmpty()) {
                    settle(tried, unnamed);
                }
            }
        }
        return true;
    }

    private void settle(Set<String> which, List<String> as) {
        which.stream().sorted().forEach(as::add);
        left.keySet().removeAll(which);
    }

    private static boolean isIn(List<String> lines, String name) {
        Pattern word = Pattern.compile("\\b" + Pattern.quote(name) + "\\b");
        return lines.stream().anyMatch(line -> word.matcher(line).find());
    }

    private Observation observation() {
        List<String> seen = new ArrayList<>();
        if (!startsWithout.isEmpty()) {
            seen.add("it starts without " + String.join(", ", startsWithout));
        }
        if (!hangsWithout.isEmpty()) {
            seen.add("without " + String.join(", ", hangsWithout) + " it is neither ready nor at its end after "
                    + limit.toSeconds() + " s");
        }
        if (!named.isEmpty()) {
            seen.add("it ends at once and says so where " + String.join(", ", named) + " is missing");
        }
        if (!unnamed.isEmpty()) {
            seen.add("it ends without " + String.join(", ", unnamed) + ", and its last lines do not name it");
        }
        if (!left.isEmpty()) {
            seen.add("not tried without " + String.join(", ", left.keySet()));
        }
        String words = String.join("; ", seen);
        return startsWithout.isEmpty() && hangsWithout.isEmpty()
                ? Observation.kept(Factor.CONFIG, words)
                : Observation.notKept(Factor.CONFIG, words);
    }
}
