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
import java.util.Optional;
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

    /** No start begins that may take longer than this with those before it, but for the first and the one that lacks nothing. */
    private static final Duration MOST_TIME = Duration.ofSeconds(60);

    private final Lab lab;
    private final Duration limit;

    /** By what they are called, the names of variables that belong together. */
    private final Map<String, Set<String>> left;

    private final List<String> startsWithout = new ArrayList<>();
    private final List<String> hangsWithout = new ArrayList<>();
    private final List<String> named = new ArrayList<>();
    private final List<String> unnamed = new ArrayList<>();
    private final List<String> unknown = new ArrayList<>();

    /** Whether it comes up there with nothing missing; empty as long as nobody had to know. */
    private Optional<Boolean> comesUpWhole = Optional.empty();

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
        long begun = System.nanoTime();
        boolean oneByOne = false;
        for (int starts = 0; starts < MOST_STARTS && !left.isEmpty() && (starts == 0 || hasTime(begun)); starts++) {
            Set<String> tried = oneByOne ? Set.of(left.keySet().iterator().next()) : Set.copyOf(left.keySet());
            oneByOne |= !learnsFrom(tried);
        }
        return observation();
    }

    private boolean hasTime(long begun) {
        Duration next = Duration.ofNanos(System.nanoTime() - begun).plus(limit);
        return next.compareTo(MOST_TIME) <= 0;
    }

    /** Whether a start without these says something of some of them. */
    private boolean learnsFrom(Set<String> tried) throws InterruptedException {
        Set<String> variables = tried.stream()
                .flatMap(each -> left.getOrDefault(each, Set.of()).stream())
                .collect(Collectors.toSet());
        switch (lab.startLacking(variables, limit)) {
            case Lacking.CameUp() -> settle(tried, startsWithout);
            case Lacking.NeitherNor() -> {
                return isSettled(tried, hangsWithout);
            }
            case Lacking.Ended(List<String> lines) -> {
                Set<String> told = tried.stream()
                        .filter(each ->
                                left.getOrDefault(each, Set.of()).stream().anyMatch(name -> isIn(lines, name)))
                        .collect(Collectors.toSet());
                settle(told, named);
                return !told.isEmpty() || isSettled(tried, unnamed);
            }
        }
        return true;
    }

    /**
     * Settles what is said of a start that did not come up and did not say why: of a single variable, and only where it comes
     * up with nothing missing. It may as well want something from the network that it does not reach there.
     */
    private boolean isSettled(Set<String> tried, List<String> as) throws InterruptedException {
        if (!comesUpWhole()) {
            settle(tried, unknown);
            return true;
        }
        if (tried.size() == 1) {
            settle(tried, as);
        }
        return tried.size() == 1;
    }

    private boolean comesUpWhole() throws InterruptedException {
        if (comesUpWhole.isEmpty()) {
            comesUpWhole = Optional.of(lab.startLacking(Set.of(), limit) instanceof Lacking.CameUp);
        }
        return comesUpWhole.get();
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
        if (!unknown.isEmpty()) {
            seen.add("nothing can be said of " + String.join(", ", unknown)
                    + ", since with nothing missing it does not come up either where it reaches nothing but the services of"
                    + " its variables");
        }
        if (!left.isEmpty()) {
            seen.add("not tried without " + String.join(", ", left.keySet()));
        }
        String words = String.join("; ", seen);
        if (startsWithout.isEmpty() && hangsWithout.isEmpty() && named.isEmpty() && unnamed.isEmpty()) {
            return Observation.notLookedAt(Factor.CONFIG, words);
        }
        return startsWithout.isEmpty() && hangsWithout.isEmpty()
                ? Observation.kept(Factor.CONFIG, words)
                : Observation.notKept(Factor.CONFIG, words);
    }
}
