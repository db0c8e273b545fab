package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Repetitions.Finding;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.compare.SecretNames;
import dev.coatcheck.prove.lab.Manner;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * How somebody would get past what a single process refuses, where several do not know of each other: by asking another one.
 * A conversation up to the step in question, in one process, and then requests to all of them in turn.
 */
final class Trick {
    private static final int TOO_MANY = 429;

    private final Scenario scenario;
    private final int instances;
    private final Extended.Writer writer;
    private final List<Seat> seats = new ArrayList<>();

    /** Where the requests to several processes stand, in their order. */
    private final List<Integer> tried = new ArrayList<>();

    private Trick(Scenario scenario, int instances) {
        this.scenario = scenario;
        this.instances = instances;
        this.writer = new Extended.Writer(scenario);
    }

    /**
     * What is to be played.
     *
     * @param judge says where the processes let pass what one would not
     * @param took whether the other processes took part in a run in which they let nothing pass: who has no session there is
     *     refused for that, which says nothing
     * @param cause what it is then
     * @param victim the step that is let pass
     * @param tried where the requests to several processes stand
     */
    record Played(
            Extended conversation,
            Plan plan,
            Stage.Judge judge,
            Predicate<Run> took,
            Cause cause,
            int victim,
            List<Integer> tried) {
        Played {
            tried = List.copyOf(tried);
        }

        /** How many they let pass in a run. */
        int passed(Run run) {
            List<Integer> statuses = statuses(run, tried);
            return (int) statuses.stream()
                    .takeWhile(status -> status.equals(statuses.getFirst()))
                    .count();
        }
    }

    /** Whether a single use is all that a process allows: what it used up is remembered, and not how often. */
    static boolean isUsedUp(Finding.Refused refused) {
        return refused.at() == 2 && refused.status() != TOO_MANY;
    }

    static Played of(Finding finding, Scenario scenario, int instances) {
        Trick trick = new Trick(scenario, instances);
        return switch (finding) {
            case Finding.Refused refused -> trick.beyond(refused);
            case Finding.Revoked revoked -> trick.after(revoked);
            case Finding.Made made -> trick.twice(made);
        };
    }

    /** One after the other to each process in turn, until in each of them as many have come as one refuses. */
    private Played beyond(Finding.Refused refused) {
        playUpTo(refused.step());
        tried.add(seats.size());
        int most = instances * refused.at() + 1;
        IntStream.range(1, most).forEach(again -> add(step(refused.step()), again % instances));
        return played(
                plan("step " + tried.getFirst() + " " + most + " times in turn"),
                run -> letPass(run, refused),
                run -> refusedAsOne(run, refused),
                isUsedUp(refused) ? Cause.REVOCATION : Cause.COUNTER,
                refused.step());
    }

    private Optional<Run.Break> letPass(Run run, Finding.Refused refused) {
        List<Integer> statuses = statuses(run);
        int usual = statuses.getFirst();
        // One more than allowed may be the edge of a window, where there is room for two.
        int needed = instances * (refused.at() - 1) > refused.at() ? refused.at() + 1 : refused.at();
        boolean all = usual != Repetitions.NO_ANSWER
                && statuses.size() >= needed
                && statuses.subList(0, needed).stream().allMatch(status -> status == usual);
        return all ? status(tried.get(refused.at() - 1), refused.status(), usual) : Optional.empty();
    }

    /** Whether what ended it was the refusal that one process gives, and nothing else. */
    private boolean refusedAsOne(Run run, Finding.Refused refused) {
        List<Integer> statuses = statuses(run);
        int usual = statuses.getFirst();
        return usual != Repetitions.NO_ANSWER
                && statuses.stream()
                        .filter(status -> status != usual)
                        .findFirst()
                        .filter(status -> status == refused.status())
                        .isPresent();
    }

    /** With what was accepted by each process before the step, to each of them after it. */
    private Played after(Finding.Revoked revoked) {
        playUpTo(revoked.step() - 1);
        Step read = step(revoked.read()).asOf(revoked.step());
        IntStream.range(0, instances).forEach(process -> add(read, process));
        seats.add(Seat.at(0));
        int revoking = writer.play(revoked.step());
        int first = seats.size() + 1;
        IntStream.range(0, instances).forEach(process -> add(read, process));
        return played(
                // What was revoked may be on its way to the others.
                plan("what step " + revoking + " revokes").after(Manner.FORBEARING.grace(), first),
                run -> stillAccepted(run, revoked),
                this::acceptedBefore,
                Cause.REVOCATION,
                revoked.read());
    }

    private Optional<Run.Break> stillAccepted(Run run, Finding.Revoked revoked) {
        List<Integer> statuses = statuses(run);
        boolean acceptedBefore = acceptedBefore(run);
        return IntStream.range(instances, statuses.size())
                .filter(i -> acceptedBefore && Repetitions.isAccepted(statuses.get(i)))
                .boxed()
                .findFirst()
                .flatMap(i -> status(tried.get(i), revoked.status(), statuses.get(i)));
    }

    private boolean acceptedBefore(Run run) {
        return statuses(run).stream().limit(instances).allMatch(Repetitions::isAccepted);
    }

    /** Each process makes one of them. */
    private Played twice(Finding.Made made) {
        playUpTo(made.step());
        tried.add(seats.size());
        IntStream.range(1, instances).forEach(process -> add(step(made.step()), process));
        return played(
                plan("step " + tried.getFirst() + " once in each process"),
                run -> sameIds(run, made.ids()),
                run -> allMade(run, made.ids()),
                Cause.ID_COLLISION,
                made.step());
    }

    private Optional<Run.Break> sameIds(Run run, Set<MadeIds.Place> ids) {
        List<Exchange> exchanges = run.exchanges();
        Set<Map.Entry<MadeIds.Place, String>> seen = new HashSet<>();
        for (int position : tried) {
            for (Map.Entry<MadeIds.Place, String> id :
                    MadeIds.of(exchanges.get(position - 1)).entrySet()) {
                if (ids.contains(id.getKey()) && !seen.add(id)) {
                    return Optional.of(new Run.Break(
                            position,
                            List.of(new Difference(
                                    position,
                                    id.getKey().isHeader() ? Part.HEADER : Part.BODY,
                                    id.getKey().name(),
                                    Optional.of("another one each time"),
                                    Optional.of(shown(id)))),
                            List.of()));
                }
            }
        }
        return Optional.empty();
    }

    private boolean allMade(Run run, Set<MadeIds.Place> ids) {
        List<Exchange> exchanges = run.exchanges();
        return tried.stream()
                .map(position -> MadeIds.of(exchanges.get(position - 1)).keySet())
                .noneMatch(given -> Collections.disjoint(given, ids));
    }

    private static String shown(Map.Entry<MadeIds.Place, String> id) {
        return SecretNames.givesAccess(id.getKey().name()) ? "the same one" : id.getValue() + " again";
    }

    private void playUpTo(int last) {
        for (int number = 1; number <= last; number++) {
            writer.play(number);
            seats.add(Seat.at(0));
        }
    }

    private void add(Step step, int process) {
        seats.add(Seat.at(process));
        tried.add(writer.add(step));
    }

    private Step step(int number) {
        return scenario.steps().get(number - 1);
    }

    /** @param what with the numbers of the longer conversation, as all that is said of a run of it */
    private Plan plan(String what) {
        return Plan.of("again, " + what, seats);
    }

    private Played played(Plan plan, Stage.Judge judge, Predicate<Run> took, Cause cause, int victim) {
        return new Played(writer.done(), plan, judge, took, cause, victim, tried);
    }

    private List<Integer> statuses(Run run) {
        return statuses(run, tried);
    }

    private static List<Integer> statuses(Run run, List<Integer> tried) {
        List<Exchange> exchanges = run.exchanges();
        return tried.stream()
                .map(position -> Repetitions.status(exchanges.get(position - 1)))
                .toList();
    }

    private static Optional<Run.Break> status(int position, int control, int fleet) {
        return Optional.of(new Run.Break(
                position,
                List.of(new Difference(
                        position,
                        Part.STATUS,
                        "",
                        Optional.of(String.valueOf(control)),
                        Optional.of(String.valueOf(fleet)))),
                List.of()));
    }
}
