package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Finding.Counted;
import dev.coatcheck.prove.check.Finding.Made;
import dev.coatcheck.prove.check.Finding.Refused;
import dev.coatcheck.prove.check.Finding.Revoked;
import dev.coatcheck.prove.check.RepeatingConversation.Look;
import dev.coatcheck.prove.check.Stage.Caller;
import dev.coatcheck.prove.compare.Counting;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What a single instance refuses when steps are sent to it again, and what it makes anew each time. Each step is sent up to a
 * dozen times more, in its place; and around each that may revoke something, reads with the cookies of before it.
 *
 * <p>A step that this has spoiled is where the next conversation begins; where that one is spoiled as well, others from there on
 * repeat, and others read. A few are enough.
 */
final class Repetitions {
    private static final int MOST_CONVERSATIONS = 6;

    /** So many of them both repeat and read. */
    private static final int TOGETHER = 2;

    /** No conversation begins after it. */
    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final Stage stage;
    private final Scenario scenario;
    private final Allotment allotment;
    private final List<Finding> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    /** How often steps were sent again. */
    private final Map<Integer, Integer> repeated = new TreeMap<>();

    /** What is refused because of the repetitions of another step is not repeated. */
    private final Set<Integer> counted = new TreeSet<>();

    /** Of a step that the repetitions before it have spoiled: what one of those was refused as it is. */
    private final Map<Integer, Refused> suspected = new HashMap<>();

    private Caller caller = Caller.STRANGER;
    private int toRepeat = 1;
    private int toLook = 1;
    private int played;
    private int sent;
    private boolean filledUp;

    Repetitions(Stage stage, Scenario scenario) {
        this.stage = stage;
        this.scenario = scenario;
        this.allotment = Allotment.of(scenario, stage::took, stage.opening());
    }

    /** Finds out. Plays a conversation to one instance, and a few more where what was added spoils the rest. */
    List<Finding> find() throws InterruptedException {
        long start = System.nanoTime();
        while (played < MOST_CONVERSATIONS && isAnythingLeft() && System.nanoTime() - start < LONGEST.toNanos()) {
            play();
        }
        return findings;
    }

    /** Who sends the requests: somebody whom the instance lets in. */
    Caller caller() {
        return caller;
    }

    /** What there is to tell beside the findings. */
    List<String> notes() {
        return notes;
    }

    int sent() {
        return sent;
    }

    /** Whether there was anything to find. */
    boolean hasRepeated() {
        return repeated.values().stream().anyMatch(times -> times > 0);
    }

    /** What was done, and what was not, in words. */
    String effort() {
        int most = repeated.values().stream().mapToInt(times -> times).max().orElse(0);
        Set<Integer> left = scenario.steps().stream()
                .filter(step -> allotment.times().containsKey(step.number()) && !counted.contains(step.number()))
                .map(Step::number)
                .filter(step -> repeated.getOrDefault(step, 0) == 0)
                .collect(Collectors.toCollection(TreeSet::new));
        Set<Integer> few = repeated.entrySet().stream()
                .filter(step -> step.getValue() > 0 && step.getValue() < most)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
        return "each step up to " + most + " times"
                + (filledUp ? " and reads until there were " + RepeatingConversation.FILLED_UP + " in all" : "")
                + (few.isEmpty() ? "" : ", but " + steps(few) + " fewer times")
                + (left.isEmpty()
                        ? ""
                        : "; " + steps(left) + (left.size() == 1 ? " was" : " were")
                                + " not repeated, for lack of time or because what came before had spoiled"
                                + (left.size() == 1 ? " it" : " them"))
                + (counted.isEmpty()
                        ? ""
                        : "; " + steps(counted) + (counted.size() == 1 ? " is" : " are")
                                + " refused together with others, and not looked at alone");
    }

    private static String steps(Set<Integer> steps) {
        return (steps.size() == 1 ? "step " : "steps ")
                + steps.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private boolean isAnythingLeft() {
        return played == 0 || isLeftToRepeat() || isLeftToLook();
    }

    private boolean isLeftToRepeat() {
        return !timesFrom(toRepeat).isEmpty();
    }

    private boolean isLeftToLook() {
        return !looksFrom(toLook).isEmpty();
    }

    /** What is read only later may be a log-out by itself: where something was spoiled, it is not read before its time. */
    private List<Step> looks(int step) {
        return allotment.looks(step).stream()
                .filter(read -> played < TOGETHER || read.number() < step)
                .toList();
    }

    private Map<Integer, Integer> timesFrom(int from) {
        return allotment.times().entrySet().stream()
                .filter(step -> step.getKey() >= from && step.getValue() > 0 && !counted.contains(step.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    private Map<Integer, List<Step>> looksFrom(int from) {
        return allotment.looks().keySet().stream()
                .filter(step -> step >= from && !looks(step).isEmpty())
                .collect(Collectors.toMap(step -> step, this::looks));
    }

    private void play() throws InterruptedException {
        // Repetitions may well spoil one step and not the next; two steps are spoiled by the reads as soon as by them.
        boolean together = played < TOGETHER;
        boolean repeats = together || isLeftToRepeat();
        boolean looks = together || !repeats;
        int from = repeats ? toRepeat : toLook;
        RepeatingConversation conversation = new RepeatingConversation(
                scenario, repeats ? timesFrom(from) : Map.of(), looks ? looksFrom(from) : Map.of(), stage.opening());
        String name = (repeats ? "again" : "again as of before") + (from == 1 ? "" : " from step " + from + " on");
        Run run = stage.judged(conversation.extended(), Stage.Judge.NONE, caller)
                .run(conversation.plan(name + ", in one process"));
        filledUp |= !conversation.filling().isEmpty();
        sent += Math.max(0, run.exchanges().size() - scenario.steps().size());
        int spoiled = new Reading(conversation, run).read(repeats ? from : Integer.MAX_VALUE);
        if (spoiled == 1 && caller == Caller.STRANGER) {
            // Whom it does not know it may not let in at all.
            caller = Caller.USUAL;
            return;
        }
        played++;
        int next = Math.max(spoiled, together ? from : from + 1);
        toRepeat = repeats ? next : toRepeat;
        toLook = looks ? next : toLook;
    }

    /** Reads what a run of a conversation shows. */
    private final class Reading {
        private final RepeatingConversation conversation;
        private final Run run;

        Reading(RepeatingConversation conversation, Run run) {
            this.conversation = conversation;
            this.run = run;
        }

        /**
         * @param repeatedFrom the first step that was repeated
         * @return the first step that was spoiled; the one after the last where all was seen
         */
        int read(int repeatedFrom) {
            for (Step step : scenario.steps()) {
                Optional<Exchange> itself = conversation.itself(step.number(), run);
                if (itself.isEmpty() || !itself.get().isAsExpected()) {
                    itself.ifPresent(exchange -> share(step.number(), Answer.of(exchange)));
                    return step.number();
                }
                readLooks(step.number());
                if (step.number() >= repeatedFrom) {
                    readAgain(step, repeatedFrom);
                }
                if (conversation.isSilentAt(step.number(), run)) {
                    notes.add("again: step " + step.number() + " was not answered when it came the "
                            + Ordinal.of(1
                                    + conversation.repeated(step.number(), run).size())
                            + " time, and was sent no more");
                    return step.number() + 1;
                }
            }
            readFilling();
            return scenario.steps().size() + 1;
        }

        /** The first that tells, since they tell of one thing. */
        private void readLooks(int step) {
            for (Look look : conversation.looks(step)) {
                Optional<Revoked> revoked = revoked(step, look);
                if (revoked.isPresent()) {
                    findings.add(revoked.get());
                    return;
                }
            }
        }

        private Optional<Revoked> revoked(int step, Look look) {
            Answer before = answer(look.before());
            Answer after = answer(look.after());
            boolean isKnown = !isSame(look.stranger(), look.before());
            boolean asAStranger = isKnown && isSame(look.stranger(), look.after());
            return before.isAccepted() && (after.turnsAway() || asAStranger)
                    ? Optional.of(new Revoked(step, look.read(), after, !after.turnsAway()))
                    : Optional.empty();
        }

        private Answer answer(int place) {
            return conversation.at(place, run).map(Answer::of).orElse(Answer.NONE);
        }

        private boolean isSame(int one, int other) {
            return SameAnswer.are(conversation.at(one, run), conversation.at(other, run));
        }

        private void readAgain(Step step, int repeatedFrom) {
            int number = step.number();
            List<Exchange> exchanges = conversation.repeated(number, run);
            repeated.merge(number, exchanges.size() - 1, Math::max);
            OptionalInt at = firstRefused(exchanges);
            if (at.isPresent()) {
                Refused refused = refused(number, at.getAsInt(), exchanges);
                if (isSharedWithSuspect(refused, repeatedFrom)) {
                    counted.add(number);
                } else {
                    findings.add(refused);
                }
            }
            Set<MadeIds.Place> all = step.request().isSafe() ? Set.of() : MadeIds.in(exchanges);
            Set<MadeIds.Place> ids = all.stream()
                    .filter(place -> MadeIds.isOfThing(place, exchanges, run.exchanges()))
                    .collect(Collectors.toSet());
            if (!ids.isEmpty()) {
                findings.add(new Made(number, ids));
                return;
            }
            // Between the first and the second there are reads, which may be counted too.
            Set<Counting.Place> places = counted(exchanges.stream().skip(1).toList());
            if (!places.isEmpty()) {
                findings.add(new Counted(number, places));
            }
        }

        private static Set<Counting.Place> counted(List<Exchange> exchanges) {
            List<Exchange> accepted = exchanges.stream()
                    .takeWhile(exchange -> Answer.of(exchange).isAccepted())
                    .toList();
            if (accepted.size() < 2) {
                return Set.of();
            }
            Duration pace = Duration.between(
                            accepted.getFirst().at(), accepted.getLast().at())
                    .dividedBy(accepted.size() - 1L);
            return Counting.in(
                    accepted.stream()
                            .flatMap(exchange -> exchange.response().stream())
                            .toList(),
                    pace);
        }

        private Refused refused(int step, int at, List<Exchange> exchanges) {
            Exchange refusing = exchanges.get(at - 1);
            Answer first = Answer.of(exchanges.getFirst());
            boolean passing = exchanges.stream().skip(at).map(Answer::of).anyMatch(first::equals);
            return new Refused(step, at, refusing.step().number(), Answer.of(refusing), passing);
        }

        private void readFilling() {
            boolean known = findings.stream()
                    .anyMatch(finding -> finding instanceof Refused refused
                            && refused.answer().speaksOfOthers());
            for (int step : known ? Set.<Integer>of() : conversation.filling()) {
                List<Exchange> exchanges = conversation.filled(step, run);
                OptionalInt at = firstRefused(exchanges);
                // What is turned away at once has ended before, as a session has.
                if (at.isPresent() && at.getAsInt() > 2) {
                    findings.add(refused(step, at.getAsInt(), exchanges));
                    return;
                }
            }
        }

        /** What says that too many came before speaks of the others; what is refused in another way may be refused for itself. */
        private void share(int spoiled, Answer answer) {
            Optional<Refused> same = findings.stream()
                    .filter(finding -> finding instanceof Refused refused
                            && refused.answer().equals(answer))
                    .map(Refused.class::cast)
                    .findFirst();
            same.ifPresent(refused -> suspected.put(spoiled, refused));
            for (int number = spoiled;
                    same.isPresent()
                            && answer.speaksOfOthers()
                            && number <= scenario.steps().size();
                    number++) {
                if (conversation.itself(number, run).map(Answer::of).equals(Optional.of(answer))) {
                    counted.add(number);
                }
            }
        }

        /** One that came once before, in this conversation, has taken one of as many as are allowed to both. */
        private boolean isSharedWithSuspect(Refused refused, int repeatedFrom) {
            Refused suspect = suspected.get(refused.step());
            return suspect != null
                    && suspect.step() < repeatedFrom
                    && suspect.answer().equals(refused.answer())
                    && refused.at() + 1 == suspect.at();
        }
    }

    /** Which of them is the first that is refused, counted from 1; the first of all is not. */
    static OptionalInt firstRefused(List<Exchange> exchanges) {
        List<Answer> answers = exchanges.stream().map(Answer::of).toList();
        return IntStream.range(1, answers.size())
                .filter(i -> isRefused(answers, i))
                .map(i -> i + 1)
                .findFirst();
    }

    /** A redirect refuses where all before led to one place, and all from then on lead to another one. */
    private static boolean isRefused(List<Answer> answers, int i) {
        Answer first = answers.getFirst();
        Answer answer = answers.get(i);
        if (!answer.isRedirect()) {
            return answer.refuses() && answer.status() != first.status();
        }
        return i < answers.size() - 1
                && answers.subList(0, i).stream().allMatch(first::equals)
                && !answer.equals(first)
                && answers.subList(i, answers.size()).stream().allMatch(answer::equals);
    }
}
