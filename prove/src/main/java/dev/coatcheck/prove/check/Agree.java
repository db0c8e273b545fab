package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Agreement.Asked;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.Stage.Spoiled;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Asks every process the same after a write, and compares as the checks do that split the scenario. */
final class Agree {
    /** Each costs the controls of another conversation. */
    private static final int MOST_TRIES = 3;

    private final Stage stage;
    private final Scenario scenario;
    private final int instances;
    private final Duration lease;
    private final Allowances allowances;

    /** Reads that a single process does not take in between: a log-out by {@code GET}, a message that is shown once. */
    private final Set<Asked> leftOut = new LinkedHashSet<>();

    Agree(Stage stage, Scenario scenario, int instances, Duration lease, Allowances allowances) {
        this.stage = stage;
        this.scenario = scenario;
        this.instances = instances;
        this.lease = lease;
        this.allowances = allowances;
    }

    Findings find() throws InterruptedException {
        Agreement.Bound bound = Agreement.Bound.of(scenario, instances, stage::took);
        for (int tries = 1; ; tries++) {
            Optional<Agreement> agreement = Agreement.of(scenario, instances, bound, unasked());
            if (agreement.isEmpty()) {
                return leftOut.isEmpty()
                        ? nothing(Result.SKIPPED, "no step reads what another one may change")
                        : nothing(Result.NOT_MADE, "one process alone does not take " + told(leftOut) + " in between");
            }
            Extended conversation = agreement.get().conversation();
            try {
                return compared(agreement.get(), bound, stage.agreeing(conversation));
            } catch (Spoiled spoiled) {
                Set<Asked> suspects = suspects(conversation, spoiled);
                if (tries == MOST_TRIES || !leftOut.addAll(suspects)) {
                    return nothing(
                            Result.NOT_MADE,
                            "one process alone does not take the conversation with more requests in between: "
                                    + conversation.inWords(spoiled.why()));
                }
            }
        }
    }

    /** What is left open is not asked either: it answers when something happens. */
    private Set<Asked> unasked() {
        Set<Asked> unasked = new HashSet<>(leftOut);
        stage.opening().forEach(step -> unasked.add(Asked.of(scenario.steps().get(step - 1))));
        return unasked;
    }

    private static Findings nothing(Result result, String why) {
        return new Findings(List.of(new CheckOutcome(Check.AGREE, result, why)), List.of(), List.of());
    }

    /** The conversation is another one, and all else as it is for those that split the scenario. */
    private Findings compared(Agreement agreement, Agreement.Bound bound, Stage agreeing) throws InterruptedException {
        Extended conversation = agreement.conversation();
        Investigation inner =
                new Investigation(agreeing, conversation, instances, lease, conversation.allowances(allowances));
        CheckOutcome outcome =
                inner.outcome(Check.AGREE, List.of(agreement.plan().patient(lease)));
        String why = outcome.result() == Result.PASSED
                ? reservations(agreement, bound, agreeing, inner)
                : conversation.inWords(outcome.why());
        return new Findings(
                List.of(new CheckOutcome(
                        Check.AGREE, outcome.result(), why, origin(conversation, outcome.explained()))),
                inner.leaks().stream().map(conversation::original).toList(),
                inner.notes().stream().map(conversation::inWords).toList());
    }

    private static OptionalInt origin(Extended conversation, OptionalInt step) {
        return step.isPresent() ? OptionalInt.of(conversation.origin(step.getAsInt())) : step;
    }

    /** What it does not claim; empty where it claims all. */
    private String reservations(Agreement agreement, Agreement.Bound bound, Stage agreeing, Investigation inner) {
        List<String> reservations = new ArrayList<>();
        if (!leftOut.isEmpty()) {
            reservations.add(told(leftOut) + " could not be asked in between");
        }
        if (agreement.isShortened()) {
            reservations.add("only the nearest " + (bound.reads() == 1 ? "read was" : bound.reads() + " reads were")
                    + " asked after each write");
        }
        Extended conversation = agreement.conversation();
        if (!inner.passedOver().isEmpty()) {
            reservations.add("nothing was concluded of " + places(conversation, inner.passedOver())
                    + ", which differed, and not for the split");
        }
        if (!agreeing.moving().isEmpty()) {
            reservations.add("nothing was concluded of " + places(conversation, agreeing.moving())
                    + ", which moved meanwhile for who had written as well");
        }
        return reservations.isEmpty() ? "" : Check.AGREE.done() + "; " + String.join("; ", reservations);
    }

    private static String places(Extended conversation, Collection<Integer> places) {
        Set<Integer> steps = places.stream().map(conversation::origin).collect(Collectors.toCollection(TreeSet::new));
        return (steps.size() == 1 ? "step " : "steps ")
                + steps.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    private static String told(Set<Asked> reads) {
        return reads.stream()
                .map(read -> read.request().method() + " " + read.request().target())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** Reads since the last step that went well; of these such as log in or out, or lead elsewhere, where there are any. */
    private Set<Asked> suspects(Extended conversation, Spoiled spoiled) {
        int lastWell = IntStream.range(1, spoiled.step())
                .filter(place -> !conversation.isAdded(place))
                .max()
                .orElse(0);
        List<Integer> since = added(conversation, lastWell, spoiled.step());
        List<Integer> reads = since.isEmpty() ? added(conversation, 0, spoiled.step()) : since;
        List<Integer> telling = reads.stream()
                .filter(place -> place <= spoiled.before().size()
                        && changesTheUser(spoiled.before().get(place - 1)))
                .toList();
        return (telling.isEmpty() ? reads : telling)
                .stream()
                        .map(place -> Asked.of(scenario.steps().get(conversation.origin(place) - 1)))
                        .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static List<Integer> added(Extended conversation, int after, int before) {
        return IntStream.range(after + 1, before)
                .filter(conversation::isAdded)
                .boxed()
                .toList();
    }

    private static boolean changesTheUser(Exchange exchange) {
        Optional<Response> response = exchange.response();
        return response.isPresent()
                && (!response.get().cookies().isEmpty() || Answer.of(exchange).isRedirect());
    }
}
