package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Finding.Counted;
import dev.coatcheck.prove.check.Finding.Made;
import dev.coatcheck.prove.check.Finding.Refused;
import dev.coatcheck.prove.check.Finding.Revoked;
import dev.coatcheck.prove.compare.Counting;
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
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How somebody would get past what a single process refuses, where several do not know of each other: by asking another one.
 * A conversation up to the step in question, in one process, and then requests to all of them in turn.
 */
final class Trick {
    /** How many more than one process allows are enough to see that several allow more. */
    private static final int BEYOND = 24;

    /** How many things each process makes, at least. */
    private static final int MADE_IN_EACH = 3;

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
    record Attempt(
            Extended conversation,
            Plan plan,
            Stage.Judge judge,
            Predicate<Run> took,
            Cause cause,
            int victim,
            List<Integer> tried) {
        Attempt {
            tried = List.copyOf(tried);
        }
    }

    static Attempt of(Finding finding, Scenario scenario, int instances) {
        Trick trick = new Trick(scenario, instances);
        return switch (finding) {
            case Refused refused -> trick.beyond(refused);
            case Revoked revoked -> trick.after(revoked);
            case Made made -> trick.twice(made);
            case Counted counted -> trick.anew(counted);
        };
    }

    /**
     * The step again and again in one process, as often as all requests that came before it was refused, though not without a
     * bound: how often it alone is allowed, whatever other steps are counted with it.
     */
    static Attempt alone(Refused refused, Scenario scenario) {
        Trick trick = new Trick(scenario, 1);
        trick.playUpTo(refused.step());
        trick.tried.add(trick.seats.size());
        int most = Math.min(refused.sent() - refused.step() + 1, RepeatingConversation.FILLED_UP);
        IntStream.range(0, most).forEach(_ -> trick.add(trick.step(refused.step()), 0));
        return trick.attempt(
                trick.plan("step " + trick.tried.getFirst() + " alone, " + most + " times"),
                Stage.Judge.NONE,
                _ -> true,
                Cause.COUNTER,
                refused.step());
    }

    /** One after the other to each process in turn, until as many have come as one refuses in each, or as many as tell enough. */
    private Attempt beyond(Refused refused) {
        playUpTo(refused.step());
        tried.add(seats.size());
        int most = Math.min(instances * refused.at() + 1, refused.at() + BEYOND);
        IntStream.range(1, most).forEach(again -> add(step(refused.step()), again % instances));
        return attempt(
                plan("step " + tried.getFirst() + " " + most + " times in turn"),
                run -> letPass(run, refused),
                run -> refusedAsOne(run, refused),
                refused.isUsedUp() ? Cause.REVOCATION : Cause.COUNTER,
                refused.step());
    }

    private Optional<Run.Break> letPass(Run run, Refused refused) {
        int passed = passed(run, tried, refused);
        if (isInOneProcess(run)) {
            // What one process allows now so, now so, is chance: an edge of a window, a job that came in between.
            int edge = refused.at() > 3 ? 1 + refused.at() / 10 : 0;
            return Math.abs(passed - (refused.at() - 1)) <= edge
                    ? Optional.empty()
                    : Optional.of(broken(status(
                            tried.get(Math.min(passed, tried.size() - 1)), refused.answer(), "now sooner, now later")));
        }
        // One more than allowed may be the edge of a window, where there is room for two.
        int needed = instances * (refused.at() - 1) > refused.at() ? refused.at() + 1 : refused.at();
        return passed >= needed
                ? Optional.of(broken(status(
                        tried.get(refused.at() - 1),
                        refused.answer(),
                        answer(run, tried.getFirst()).toString())))
                : Optional.empty();
    }

    /** How many were answered as the first was, and not as one that is refused. */
    static int passed(Run run, List<Integer> tried, Refused refused) {
        Answer usual = answer(run, tried.getFirst());
        if (usual.isNone() || (usual.status() == refused.answer().status() && !usual.isRedirect())) {
            return 0;
        }
        return (int) tried.stream()
                .map(place -> answer(run, place))
                .takeWhile(answer -> isLike(answer, usual, refused))
                .count();
    }

    /** The number of the request that is refused as it was before; empty where none is, or not like that. */
    static OptionalInt refusedAt(Run run, List<Integer> tried, Refused refused) {
        int passed = passed(run, tried, refused);
        return passed > 0
                        && passed < tried.size()
                        && answer(run, tried.get(passed)).equals(refused.answer())
                ? OptionalInt.of(passed + 1)
                : OptionalInt.empty();
    }

    /** A redirect that leads to what was made leads elsewhere each time, and is no refusal for that. */
    private static boolean isLike(Answer answer, Answer usual, Refused refused) {
        return refused.answer().isRedirect() ? answer.equals(usual) : answer.status() == usual.status();
    }

    /** Whether what ended it was the refusal that one process gives, and nothing else. */
    private boolean refusedAsOne(Run run, Refused refused) {
        return refusedAt(run, tried, refused).isPresent();
    }

    /** With what was accepted by each process before the step, to each of them after it. */
    private Attempt after(Revoked revoked) {
        playUpTo(revoked.step() - 1);
        Step read = step(revoked.read()).asOf(revoked.step());
        int stranger = addBeside(step(revoked.read()).asOf(Step.BEGINNING));
        IntStream.range(0, instances).forEach(process -> add(read, process));
        seats.add(Seat.at(0));
        int revoking = writer.play(revoked.step());
        // Its begin is the end of that step, whose answer may have taken long: from there on the others may hear of it.
        addBeside(read);
        int first = seats.size() + 1;
        IntStream.range(0, instances).forEach(process -> add(read, process));
        return attempt(
                plan("what step " + revoking + " revokes").after(Manner.FORBEARING.grace(), first),
                run -> stillAccepted(run, revoked, stranger),
                this::acceptedBefore,
                Cause.REVOCATION,
                revoked.read());
    }

    /** It breaks at the last of them, whoever it was: in another run it may be another one that has a copy. */
    private Optional<Run.Break> stillAccepted(Run run, Revoked revoked, int stranger) {
        boolean known = acceptedBefore(run);
        return IntStream.range(0, instances)
                .filter(process -> known && isStillAccepted(run, revoked, stranger, process))
                .boxed()
                .findFirst()
                .map(process -> revoked.asAStranger()
                        ? new Difference(
                                tried.getLast(),
                                Part.BODY,
                                "what it says",
                                Optional.of("what a stranger gets"),
                                Optional.of("as it was before"))
                        : status(
                                tried.getLast(),
                                revoked.answer(),
                                answer(run, tried.get(instances + process)).toString()))
                .map(Trick::broken);
    }

    private boolean isStillAccepted(Run run, Revoked revoked, int stranger, int process) {
        Optional<Exchange> before = at(run, tried.get(process));
        Optional<Exchange> after = at(run, tried.get(instances + process));
        boolean accepted = after.map(Answer::of).filter(Answer::isAccepted).isPresent();
        return revoked.asAStranger()
                ? accepted && SameAnswer.are(before, after) && !SameAnswer.are(after, at(run, stranger))
                : accepted;
    }

    private boolean acceptedBefore(Run run) {
        return tried.stream()
                .limit(instances)
                .allMatch(place -> answer(run, place).isAccepted());
    }

    /** Each process makes as many as the first may be ahead of the others. */
    private Attempt twice(Made made) {
        return inEach(
                made.step(),
                Math.clamp(made.step(), MADE_IN_EACH, Allotment.TIMES),
                run -> sameIds(run, made.ids()),
                run -> allMade(run, made.ids()),
                Cause.ID_COLLISION);
    }

    /** Each may have been asked a few times before it was ready. */
    private Attempt anew(Counted counted) {
        return inEach(
                counted.step(),
                Math.clamp(counted.step() + MADE_IN_EACH, 2 * MADE_IN_EACH, Allotment.TIMES),
                run -> sameNumber(run, counted.places()),
                run -> IntStream.range(0, instances).allMatch(process -> tells(run, process, counted.places())),
                Cause.COUNTER);
    }

    private Attempt inEach(int step, int times, Stage.Judge judge, Predicate<Run> took, Cause cause) {
        playUpTo(step);
        tried.add(seats.size());
        IntStream.range(1, times * instances).forEach(again -> add(step(step), again % instances));
        return attempt(
                plan("step " + tried.getFirst() + " " + times + " times in each process"), judge, took, cause, step);
    }

    /** Who counts for all never comes to the same number again. */
    private Optional<Run.Break> sameNumber(Run run, Set<Counting.Place> places) {
        Set<Map.Entry<Counting.Place, Long>> seen = new HashSet<>();
        return tried.stream()
                .flatMap(position -> numbers(run, position).entrySet().stream())
                .filter(number -> places.contains(number.getKey()) && !seen.add(number))
                .findFirst()
                .map(number -> broken(number.getKey().stood(tried.getLast(), number.getValue())));
    }

    /** Once is enough: what is counted may come to an end, as a limit and a stock do. */
    private boolean tells(Run run, int process, Set<Counting.Place> places) {
        return tried.stream()
                .filter(position -> run.plan().seat(position).process() == process)
                .anyMatch(
                        position -> !Collections.disjoint(numbers(run, position).keySet(), places));
    }

    private static Map<Counting.Place, Long> numbers(Run run, int position) {
        return at(run, position)
                .flatMap(Exchange::response)
                .map(Counting::numbers)
                .orElse(Map.of());
    }

    /**
     * What in the answers is always the same of each process and never the same of two: by that a process tells of itself, and
     * may well tell how much it has done.
     */
    static Optional<String> ofItself(Run run, List<Integer> tried) {
        Map<Integer, List<Map<String, String>>> answers = tried.stream()
                .filter(position ->
                        at(run, position).flatMap(Exchange::response).isPresent())
                .collect(Collectors.groupingBy(
                        position -> run.plan().seat(position).process(),
                        Collectors.mapping(
                                position -> Counting.texts(at(run, position)
                                        .flatMap(Exchange::response)
                                        .orElseThrow()),
                                Collectors.toList())));
        return answers.values().stream()
                .flatMap(List::stream)
                .flatMap(texts -> texts.keySet().stream())
                .distinct()
                .sorted()
                .filter(place -> answers.size() > 1 && tellsApart(place, answers.values()))
                .findFirst()
                .map(Counting::name);
    }

    private static boolean tellsApart(String place, Collection<List<Map<String, String>>> answers) {
        Set<String> seen = new HashSet<>();
        return answers.stream().allMatch(ofOne -> {
            Set<String> texts =
                    ofOne.stream().map(told -> told.getOrDefault(place, "")).collect(Collectors.toSet());
            return texts.size() == 1 && seen.addAll(texts);
        });
    }

    private Optional<Run.Break> sameIds(Run run, Set<MadeIds.Place> ids) {
        Set<Map.Entry<MadeIds.Place, String>> seen = new HashSet<>();
        for (int position : tried) {
            for (Map.Entry<MadeIds.Place, String> id : made(run, position).entrySet()) {
                if (ids.contains(id.getKey()) && !seen.add(id)) {
                    return Optional.of(broken(new Difference(
                            tried.getLast(),
                            id.getKey().isHeader() ? Part.HEADER : Part.BODY,
                            id.getKey().name(),
                            Optional.of("another one each time"),
                            Optional.of(shown(id)))));
                }
            }
        }
        return Optional.empty();
    }

    private boolean allMade(Run run, Set<MadeIds.Place> ids) {
        return tried.stream()
                .map(position -> made(run, position).keySet())
                .noneMatch(given -> Collections.disjoint(given, ids));
    }

    private static Map<MadeIds.Place, String> made(Run run, int position) {
        return at(run, position).map(MadeIds::of).orElse(Map.of());
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

    private int addBeside(Step step) {
        seats.add(Seat.at(0));
        return writer.add(step);
    }

    private Step step(int number) {
        return scenario.steps().get(number - 1);
    }

    /** @param what with the numbers of the longer conversation, as all that is said of a run of it */
    private Plan plan(String what) {
        return Plan.of("again, " + what, seats);
    }

    private Attempt attempt(Plan plan, Stage.Judge judge, Predicate<Run> took, Cause cause, int victim) {
        return new Attempt(writer.done(), plan, judge, took, cause, victim, tried);
    }

    private static boolean isInOneProcess(Run run) {
        return run.plan().seats().stream().map(Seat::process).distinct().count() == 1;
    }

    /** What was answered, in a run that may have ended early. */
    private static Optional<Exchange> at(Run run, int place) {
        List<Exchange> exchanges = run.exchanges();
        return place <= exchanges.size() ? Optional.of(exchanges.get(place - 1)) : Optional.empty();
    }

    private static Answer answer(Run run, int place) {
        return at(run, place).map(Answer::of).orElse(Answer.NONE);
    }

    private static Difference status(int position, Answer control, String fleet) {
        return new Difference(position, Part.STATUS, "", Optional.of(control.toString()), Optional.of(fleet));
    }

    private static Run.Break broken(Difference difference) {
        return new Run.Break(difference.step(), List.of(difference), List.of());
    }
}
