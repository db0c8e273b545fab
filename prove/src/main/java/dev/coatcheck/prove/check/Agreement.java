package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A scenario whose reads are put to every process in between: once before the first write, so that each has made what copies it
 * makes, and after every write. One process plays the scenario itself.
 *
 * <p>What cannot be asked in between: a step that polls, since it waits for what changes by itself; one that listens; one whose variables are not
 * known yet; one that gives out what a later step still brings back, as a form does its token.
 */
record Agreement(Extended conversation, Plan plan) {
    /** In a scenario of a hundred steps, the requests that stand nearest to a write tell enough. */
    static final int MOST_ASKED = 6;

    private record Asked(String user, Request request) {}

    /** Empty where nothing is written, or nothing can be asked. */
    static Optional<Agreement> of(Scenario scenario, int instances) {
        return of(scenario, instances, Set.of());
    }

    /** @param listening steps that are not asked for what they answer */
    static Optional<Agreement> of(Scenario scenario, int instances, Set<Integer> listening) {
        List<Integer> writing = Writing.steps(scenario);
        Extended.Writer writer = new Extended.Writer(scenario);
        List<Seat> seats = new ArrayList<>();
        int asked = 0;
        for (int number = 1; number <= scenario.steps().size(); number++) {
            if (!writing.isEmpty() && number == writing.getFirst()) {
                ask(asked(scenario, number - 1, listening), instances, writer, seats);
            }
            writer.play(number);
            seats.add(Seat.at(0));
            if (writing.contains(number)) {
                List<Step> reads = asked(scenario, number, listening);
                asked += reads.size();
                ask(reads, instances, writer, seats);
            }
        }
        return asked == 0 ? Optional.empty() : Optional.of(new Agreement(writer.done(), Plan.of("agree", seats)));
    }

    /** Who writes is asked last: so the first that may differ is another, which is how the step to blame is found. */
    private static void ask(List<Step> reads, int instances, Extended.Writer writer, List<Seat> seats) {
        for (int process = 1; process <= instances; process++) {
            for (Step read : reads) {
                writer.add(read);
                seats.add(Seat.at(process % instances));
            }
        }
    }

    /** What can be asked after so many steps: what is read next first, then what was read last. */
    private static List<Step> asked(Scenario scenario, int after, Set<Integer> listening) {
        List<Step> before = scenario.steps().subList(0, after);
        List<Step> rest = scenario.steps().subList(after, scenario.steps().size());
        Set<String> unknown = captured(rest);
        unknown.removeAll(captured(before));
        Set<String> needed = rest.stream().flatMap(Agreement::variables).collect(Collectors.toSet());
        Map<Asked, Step> asked = new LinkedHashMap<>();
        Stream.concat(rest.stream(), before.reversed().stream())
                .filter(step -> step.request().isSafe()
                        && !listening.contains(step.number())
                        && step.polling().retries() == 0)
                .filter(step -> variables(step).noneMatch(unknown::contains))
                .filter(step -> step.number() > after || Collections.disjoint(captured(List.of(step)), needed))
                .forEach(step -> asked.putIfAbsent(new Asked(step.user(), step.request()), step));
        return asked.values().stream().limit(MOST_ASKED).toList();
    }

    private static Set<String> captured(List<Step> steps) {
        return steps.stream()
                .flatMap(step -> step.captures().stream())
                .map(Capture::name)
                .collect(Collectors.toCollection(HashSet::new));
    }

    /** A template tells its variables as they are written. */
    private static Stream<String> variables(Step step) {
        return Template.VARIABLE.matcher(step.request().toString()).results().map(found -> found.group(1));
    }
}
