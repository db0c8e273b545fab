package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A scenario whose reads are put to every process in between: once before the first write, so that each has made what copies it
 * makes, and after every write. One process plays the scenario itself.
 *
 * <p>What cannot be asked in between: a step that polls, since it waits for what changes by itself; one that listens; one whose variables are not
 * known yet; one that gives out what a later step still brings back, as a form does its token.
 */
record Agreement(Extended conversation, Plan plan, boolean isShortened) {
    /** A read, whichever of the steps that are alike it is. */
    record Asked(String user, Request request) {
        static Asked of(Step step) {
            return new Asked(step.user(), step.request());
        }
    }

    /**
     * How much is asked.
     *
     * @param reads after each write, in each process
     */
    record Bound(int reads) {
        /** In a scenario of a hundred steps, the requests that stand nearest to a write tell enough. */
        static final Bound USUAL = new Bound(6);

        /** In one conversation, of which there are several. */
        private static final int MOST_REQUESTS = 300;

        private static final Duration LONGEST = Duration.ofSeconds(15);

        /** As many as there is time for, and one at least. */
        static Bound of(Scenario scenario, int instances, IntFunction<Duration> took) {
            long reads = scenario.steps().stream()
                    .filter(step -> step.request().isSafe())
                    .count();
            Duration all = scenario.steps().stream()
                    .filter(step -> step.request().isSafe())
                    .map(step -> took.apply(step.number()))
                    .reduce(Duration.ZERO, Duration::plus);
            Duration each = all.dividedBy(Math.max(1, reads)).plusMillis(1);
            long requests = Math.min(MOST_REQUESTS, LONGEST.dividedBy(each));
            long asked = instances * (Writing.steps(scenario).size() + 1L);
            return new Bound(Math.clamp(requests / asked, 1, USUAL.reads()));
        }
    }

    /** Empty where nothing is written, or nothing can be asked. */
    static Optional<Agreement> of(Scenario scenario, int instances) {
        return of(scenario, instances, Bound.USUAL, Set.of());
    }

    /** @param leftOut what is not asked */
    static Optional<Agreement> of(Scenario scenario, int instances, Bound bound, Set<Asked> leftOut) {
        List<Integer> writing = Writing.steps(scenario);
        boolean shortened = false;
        Extended.Writer writer = new Extended.Writer(scenario);
        List<Seat> seats = new ArrayList<>();
        int asked = 0;
        for (int number = 1; number <= scenario.steps().size(); number++) {
            if (!writing.isEmpty() && number == writing.getFirst()) {
                ask(limited(asked(scenario, number - 1, leftOut), bound), instances, writer, seats);
            }
            writer.play(number);
            seats.add(Seat.at(0));
            if (writing.contains(number)) {
                List<Step> all = asked(scenario, number, leftOut);
                List<Step> reads = limited(all, bound);
                shortened |= reads.size() < limited(all, Bound.USUAL).size();
                asked += reads.size();
                ask(reads, instances, writer, seats);
            }
        }
        return asked == 0
                ? Optional.empty()
                : Optional.of(new Agreement(writer.done(), Plan.of("agree", seats), shortened));
    }

    private static List<Step> limited(List<Step> reads, Bound bound) {
        return reads.stream().limit(bound.reads()).toList();
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
    private static List<Step> asked(Scenario scenario, int after, Set<Asked> leftOut) {
        List<Step> before = scenario.steps().subList(0, after);
        List<Step> rest = scenario.steps().subList(after, scenario.steps().size());
        Set<String> unknown = captured(rest);
        unknown.removeAll(captured(before));
        Set<String> needed = rest.stream().flatMap(Agreement::variables).collect(Collectors.toSet());
        Map<Asked, Step> asked = new LinkedHashMap<>();
        Stream.concat(rest.stream(), before.reversed().stream())
                .filter(step -> step.request().isSafe() && step.polling().retries() == 0)
                .filter(step -> variables(step).noneMatch(unknown::contains))
                .filter(step -> step.number() > after || Collections.disjoint(captured(List.of(step)), needed))
                .filter(step -> !leftOut.contains(Asked.of(step)))
                .forEach(step -> asked.putIfAbsent(Asked.of(step), step));
        return List.copyOf(asked.values());
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
