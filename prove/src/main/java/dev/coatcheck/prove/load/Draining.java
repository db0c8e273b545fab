package dev.coatcheck.prove.load;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.StopPolicy;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.compare.Comparison;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Asks a process to end while a request is under way that it has accepted: it has to be answered. So that this is certain, and
 * no matter of luck, half of a body is held back until the signal has been seen, or the signal comes in the middle of a step
 * that takes its time. For one thread.
 */
public final class Draining {
    private static final int MOST_STEPS = 3;

    /** Each costs a start, those as well that are not met under way. */
    private static final int MOST_TRIED = 6;

    /** For a server to accept a request, and to hand it to who serves it; twice what the step takes, where that is more. */
    private static final Duration ACCEPTED = Duration.ofMillis(250);

    private static final Duration MOST_ACCEPTED = Duration.ofSeconds(3);

    /** A step that takes so long by itself, each time, can be met in its middle. */
    private static final Duration SLOW = Duration.ofMillis(400);

    private final Lab lab;
    private final Scenario scenario;
    private final Control control;
    private final Duration accepted;

    public Draining(Lab lab, Scenario scenario, Control control) {
        this(lab, scenario, control, ACCEPTED);
    }

    /** @param accepted at least so long a server has for accepting a request */
    Draining(Lab lab, Scenario scenario, Control control, Duration accepted) {
        this.lab = lab;
        this.scenario = scenario;
        this.control = control;
        this.accepted = accepted;
    }

    /** Tries it with the steps that can be met under way, three at the most. */
    public CheckOutcome drain() throws InterruptedException {
        List<Step> steps = scenario.steps().stream()
                .filter(step -> !opens(step) && (hasBody(step) || isSlow(step)))
                .limit(MOST_TRIED)
                .toList();
        try {
            return outcome(steps);
        } catch (InconclusiveException e) {
            return new CheckOutcome(Check.DRAIN, Result.INCONCLUSIVE, e.reason());
        }
    }

    private CheckOutcome outcome(List<Step> steps) throws InterruptedException {
        int met = 0;
        List<String> missed = new ArrayList<>();
        List<String> unsure = new ArrayList<>();
        for (Step step : steps) {
            if (met == MOST_STEPS) {
                break;
            }
            switch (confirmed(step)) {
                case Meeting.AsUsual() -> met++;
                case Meeting.Missed(String why) -> missed.add(why);
                case Unsure(String how) -> unsure.add(how);
                case Meeting.Differing(String how) -> {
                    return new CheckOutcome(Check.DRAIN, Result.FAILED, how);
                }
            }
        }
        if (!unsure.isEmpty()) {
            return new CheckOutcome(Check.DRAIN, Result.INCONCLUSIVE, String.join("; ", unsure));
        }
        if (met == 0) {
            String why = missed.isEmpty()
                    ? "no step sends a body, or takes long enough, to be in progress for certain when the signal comes"
                    : "no request was in progress for certain when " + signal() + " came: " + String.join("; ", missed);
            return new CheckOutcome(Check.DRAIN, Result.SKIPPED, why);
        }
        return new CheckOutcome(
                Check.DRAIN,
                Result.PASSED,
                "of " + met + (met == 1 ? " request" : " requests") + " that " + signal()
                        + " met in progress, each was answered as by one process that nobody ends"
                        + (missed.isEmpty() ? "" : "; not met: " + String.join("; ", missed)));
    }

    /** What stays open is never over, and what is said on it is no request. */
    private boolean opens(Step step) {
        return step.request().isOfWebSocket() || control.opening().contains(step.number());
    }

    private static boolean hasBody(Step step) {
        return !(step.request().body() instanceof Body.None);
    }

    private boolean isSlow(Step step) {
        return step.polling().retries() == 0
                && control.tookAtLeast(step.number()).compareTo(SLOW) >= 0;
    }

    private String signal() {
        return "SIG" + policy().signal();
    }

    private StopPolicy policy() {
        return lab.application().stopPolicy(ProcessType.WEB);
    }

    /** What there is to say of a step. */
    private sealed interface Finding permits Meeting, Unsure {}

    /** It differed, and not always. */
    private record Unsure(String how) implements Finding {}

    /** What comes of asking a process to end while it has a request. */
    private sealed interface Meeting extends Finding {
        record AsUsual() implements Meeting {}

        record Differing(String how) implements Meeting {}

        /** The request was not under way, or says nothing. */
        record Missed(String why) implements Meeting {}
    }

    /** Only what is well without the signal, and broken with it twice, is a failure. */
    private Finding confirmed(Step step) throws InterruptedException {
        Meeting first = meet(step, true);
        if (!(first instanceof Meeting.Differing(String how))) {
            return first;
        }
        String seen = named(step) + " was in progress when " + signal() + " came: " + how;
        return switch (meet(step, false)) {
            case Meeting.AsUsual() -> again(step, seen);
            case Meeting.Differing _ ->
                new Meeting.Missed(
                        named(step) + " is not answered as usual either when it is only sent as slowly: " + how);
            case Meeting.Missed(String why) -> new Unsure(seen + "; when it was sent without " + signal() + ", " + why);
        };
    }

    private Finding again(Step step, String seen) throws InterruptedException {
        return switch (meet(step, true)) {
            case Meeting.AsUsual() -> new Unsure(seen + "; another time it was");
            case Meeting.Differing _ -> new Meeting.Differing(seen);
            case Meeting.Missed(String why) -> new Unsure(seen + "; another time " + why);
        };
    }

    private static String named(Step step) {
        return "step " + step.number() + " " + step.title();
    }

    /** How the step is answered when the process that serves it is asked to end meanwhile, or is not. */
    private Meeting meet(Step step, boolean signalled) throws InterruptedException {
        int number = step.number();
        Plan plan = Plan.together("drain at step " + number, number);
        try (Trial trial = begin(plan)) {
            if (!trial.playUpTo(number - 1)) {
                return new Meeting.Missed(named(step)
                        + " could not be come to: one process alone answered another way than before at step "
                        + trial.run().broken().orElseThrow().step());
            }
            Comparison comparison = control.comparison();
            trial.run().exchanges().forEach(comparison::next);
            Signalling signalling = new Signalling(
                    trial.process(plan.seat(number)), signalled ? Optional.of(policy().signal()) : Optional.empty());
            Exchange exchange =
                    played(trial.conversation(plan.seat(number)), step.withPolling(Polling.NONE), signalling);
            List<Difference> differences = comparison.next(exchange, false);
            Optional<String> missed = signalling.missed(differences.isEmpty());
            if (missed.isPresent()) {
                return new Meeting.Missed(named(step) + " " + missed.get());
            }
            return differences.isEmpty() ? new Meeting.AsUsual() : new Meeting.Differing(Likeness.inWords(differences));
        }
    }

    private Exchange played(Conversation conversation, Step step, Signalling signalling) throws InterruptedException {
        if (!hasBody(step)) {
            return signalling.inTheMiddle(
                    conversation, step, control.tookAtLeast(step.number()).dividedBy(2));
        }
        Duration twice = control.took(step.number()).multipliedBy(2);
        Duration wait = Collections.min(List.of(MOST_ACCEPTED, Collections.max(List.of(accepted, twice))));
        return signalling.inTheMiddleOfItsBody(conversation, step, wait);
    }

    private Trial begin(Plan plan) throws InterruptedException {
        return lab.despiteFixedPorts(() -> lab.begin(plan, scenario, Optional.of(control), 0));
    }
}
