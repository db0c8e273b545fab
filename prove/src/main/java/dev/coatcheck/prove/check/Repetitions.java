package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a single instance refuses when steps are sent to it again, and what it makes anew each time. Each step is sent up to a
 * dozen times more, in its place; and around each that may revoke something, a read with the cookies of before it.
 *
 * <p>A step that the repetitions before it have spoiled is where the next conversation begins to repeat: a few are enough.
 */
final class Repetitions {
    /** More than the attempts that log-ins, codes and forms are given. */
    static final int TIMES = 12;

    /** Requests, in one conversation: of more steps each is sent fewer times. */
    private static final int MOST_SENT = 600;

    /** For the repetitions of one step: of what takes longer there are fewer. */
    private static final Duration LONGEST = Duration.ofSeconds(3);

    private static final int MOST_CONVERSATIONS = 4;

    /** Stands for a status where there was none. */
    static final int NO_ANSWER = 0;

    private final Stage stage;
    private final Scenario scenario;
    private final int times;
    private final List<Finding> findings = new ArrayList<>();
    private final Set<Integer> counted = new HashSet<>();
    private int sent;

    /** What a single instance did. */
    sealed interface Finding {
        /** The step that does it. */
        int step();

        /**
         * It comes too often.
         *
         * @param at the number of the repetition that is refused first, where the step itself is 1
         */
        record Refused(int step, int at, int status) implements Finding {}

        /**
         * It revokes what came with an earlier one.
         *
         * @param read the step that is refused with what it was accepted with before
         */
        record Revoked(int step, int read, int status) implements Finding {}

        /**
         * It makes another thing each time.
         *
         * @param ids what tells the things apart
         */
        record Made(int step, Set<MadeIds.Place> ids) implements Finding {}
    }

    Repetitions(Stage stage, Scenario scenario) {
        this.stage = stage;
        this.scenario = scenario;
        this.times = Math.clamp(MOST_SENT / scenario.steps().size(), 2, TIMES);
    }

    /** Finds out. Plays a conversation to one instance, and a few more where repetitions are in each other's way. */
    List<Finding> find() throws InterruptedException {
        int from = 1;
        for (int played = 0; from <= scenario.steps().size() && played < MOST_CONVERSATIONS; played++) {
            Conversation conversation = new Conversation(from);
            Plan plan = Plan.together(
                    from == 1
                            ? "again, in one process"
                            : "again from step " + conversation.itself.get(from) + " on, in one process",
                    conversation.extended.steps());
            from = conversation.read(
                    stage.judged(conversation.extended, Stage.Judge.NONE).run(plan));
        }
        return findings;
    }

    /** How much was sent for it, in words. */
    String effort() {
        return sent + " requests were sent again to one process, each of a step up to " + times + " times";
    }

    /** The read whose answer tells best whether its user is still let in: the last one that went well. */
    static Optional<Step> readBefore(Scenario scenario, int step) {
        Step revoking = scenario.steps().get(step - 1);
        return scenario.steps().subList(0, step - 1).reversed().stream()
                .filter(read -> read.request().isSafe()
                        && !read.request().listens()
                        && read.user().equals(revoking.user()))
                .findFirst();
    }

    static boolean isAccepted(int status) {
        return status / 100 == 2;
    }

    /** A redirect refuses as well: it leads to the log-in. */
    private static boolean isTurnedAway(int status) {
        return status == 401 || status == 403 || status / 100 == 3;
    }

    static boolean isRefused(int status) {
        return status / 100 == 4;
    }

    static int status(Exchange exchange) {
        return exchange.response().map(Response::status).orElse(NO_ANSWER);
    }

    /** All steps, those from one on repeated; and where in it the requests of each step stand. */
    private final class Conversation {
        private final int from;
        private final Extended extended;
        private final Map<Integer, Integer> itself = new TreeMap<>();
        private final Map<Integer, List<Integer>> again = new TreeMap<>();
        private final Map<Integer, List<Integer>> reads = new TreeMap<>();

        Conversation(int from) {
            this.from = from;
            Extended.Writer writer = new Extended.Writer(scenario);
            for (Step step : scenario.steps()) {
                write(step, writer);
            }
            extended = writer.done();
        }

        private void write(Step step, Extended.Writer writer) {
            int number = step.number();
            Optional<Step> read = number < from ? Optional.empty() : readBefore(scenario, number);
            List<Integer> around = new ArrayList<>();
            read.ifPresent(one -> around.add(writer.add(one.asOf(number))));
            itself.put(number, writer.play(number));
            read.ifPresent(one -> around.add(writer.add(one.asOf(number))));
            reads.put(number, around);
            boolean repeated = number >= from
                    && step.polling().retries() == 0
                    && !stage.opening().contains(number)
                    && !counted.contains(number);
            again.put(
                    number,
                    IntStream.range(0, repeated ? times(number) : 0)
                            .mapToObj(_ -> writer.add(step))
                            .toList());
        }

        private int times(int step) {
            long fitting = LONGEST.dividedBy(stage.took(step).plusMillis(1));
            return Math.clamp(fitting, 1, times);
        }

        /** @return the step from which on is to be repeated once more; the one after the last where all was seen */
        int read(Run run) {
            List<Exchange> exchanges = run.exchanges();
            sent += exchanges.size() - scenario.steps().size();
            for (Step step : scenario.steps()) {
                int number = step.number();
                Exchange played = exchanges.get(itself.getOrDefault(number, 0) - 1);
                if (!played.isAsExpected()) {
                    share(number, status(played), exchanges);
                    return number > from ? number : number + 1;
                }
                if (number >= from) {
                    readAround(number, exchanges);
                    readAgain(step, played, exchanges);
                }
            }
            return scenario.steps().size() + 1;
        }

        private void readAround(int number, List<Exchange> exchanges) {
            List<Integer> around = reads.getOrDefault(number, List.of());
            if (around.size() == 2) {
                Exchange before = exchanges.get(around.getFirst() - 1);
                int after = status(exchanges.get(around.getLast() - 1));
                if (isAccepted(status(before)) && isTurnedAway(after)) {
                    findings.add(new Finding.Revoked(
                            number, extended.origin(before.step().number()), after));
                }
            }
        }

        private void readAgain(Step step, Exchange played, List<Exchange> exchanges) {
            List<Exchange> repeated = again.getOrDefault(step.number(), List.of()).stream()
                    .map(position -> exchanges.get(position - 1))
                    .toList();
            int first = status(played);
            boolean isKnown = findings.stream()
                    .filter(finding -> !(finding instanceof Finding.Revoked))
                    .anyMatch(finding ->
                            scenario.steps().get(finding.step() - 1).title().equals(step.title()));
            if (isKnown) {
                return;
            }
            for (int i = 0; i < repeated.size(); i++) {
                int status = status(repeated.get(i));
                if (status != first && isRefused(status)) {
                    findings.add(new Finding.Refused(step.number(), i + 2, status));
                    return;
                }
            }
            List<Exchange> all = new ArrayList<>(repeated);
            all.addFirst(played);
            Set<MadeIds.Place> ids = step.request().isSafe() ? Set.of() : MadeIds.in(all);
            if (!ids.isEmpty()) {
                findings.add(new Finding.Made(step.number(), ids));
            }
        }

        /** What is refused as the repetitions of an earlier step were is counted with them, and is no finding of its own. */
        private void share(int spoiled, int status, List<Exchange> exchanges) {
            boolean isShared = findings.stream()
                    .anyMatch(finding -> finding instanceof Finding.Refused refused && refused.status() == status);
            for (int number = spoiled; isShared && number <= scenario.steps().size(); number++) {
                if (status(exchanges.get(itself.getOrDefault(number, 0) - 1)) == status) {
                    counted.add(number);
                }
            }
        }
    }
}
