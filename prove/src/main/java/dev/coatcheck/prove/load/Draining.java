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
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Midway;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Asks a process to end while a request is under way that it has accepted: it has to be answered. So that this is certain, and
 * no matter of luck, half of a body is held back until the signal has been seen, or the signal comes in the middle of a step
 * that takes its time. For one thread.
 */
public final class Draining {
    /** Each costs a start. */
    private static final int MOST_STEPS = 3;

    /** For a server to accept a request, and to hand it to who serves it. */
    private static final Duration ACCEPTED = Duration.ofMillis(250);

    /** For a process that drops everything to do so. */
    private static final Duration SIGNALLED = Duration.ofMillis(500);

    /** A step that takes so long by itself can be met in its middle. */
    private static final Duration SLOW = Duration.ofMillis(400);

    private final Lab lab;
    private final Scenario scenario;
    private final Control control;

    public Draining(Lab lab, Scenario scenario, Control control) {
        this.lab = lab;
        this.scenario = scenario;
        this.control = control;
    }

    /** Tries it with the steps that can be met under way, three at the most. */
    public CheckOutcome drain() throws InterruptedException {
        List<Step> steps = scenario.steps().stream()
                .filter(step -> !opens(step) && (hasBody(step) || isSlow(step)))
                .limit(MOST_STEPS)
                .toList();
        if (steps.isEmpty()) {
            return new CheckOutcome(
                    Check.DRAIN,
                    Result.SKIPPED,
                    "no step sends a body, or takes long enough, to be under way for certain when the signal comes");
        }
        try {
            for (Step step : steps) {
                Optional<CheckOutcome> failure = failure(step);
                if (failure.isPresent()) {
                    return failure.get();
                }
            }
            return new CheckOutcome(
                    Check.DRAIN,
                    Result.PASSED,
                    "of " + steps.size() + (steps.size() == 1 ? " request" : " requests") + " that " + signal()
                            + " met under way, each was answered as in the control");
        } catch (InconclusiveException e) {
            return new CheckOutcome(Check.DRAIN, Result.INCONCLUSIVE, e.reason());
        }
    }

    /** What stays open is never over, and what is said on it is no request. */
    private boolean opens(Step step) {
        return step.request().isOfWebSocket() || control.opening().contains(step.number());
    }

    private static boolean hasBody(Step step) {
        return !(step.request().body() instanceof Body.None);
    }

    private boolean isSlow(Step step) {
        return step.polling().retries() == 0 && control.took(step.number()).compareTo(SLOW) >= 0;
    }

    private String signal() {
        return "SIG" + policy().signal();
    }

    private StopPolicy policy() {
        return lab.application().stopPolicy(ProcessType.WEB);
    }

    /** Only what is well without the signal, and broken with it twice, is a failure. */
    private Optional<CheckOutcome> failure(Step step) throws InterruptedException {
        Optional<String> seen = differing(step, true);
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        String words = "step " + step.number() + " " + step.title() + " was under way when " + signal()
                + " came, and was not answered as without it: " + seen.get();
        if (differing(step, false).isPresent()) {
            return Optional.of(new CheckOutcome(
                    Check.DRAIN, Result.INCONCLUSIVE, words + "; but nor was it when it was only sent as slowly"));
        }
        return Optional.of(
                differing(step, true).isPresent()
                        ? new CheckOutcome(Check.DRAIN, Result.FAILED, words)
                        : new CheckOutcome(Check.DRAIN, Result.INCONCLUSIVE, words + "; another time it was"));
    }

    /** How the step differs from the control when the process that serves it is asked to end meanwhile. */
    private Optional<String> differing(Step step, boolean signalled) throws InterruptedException {
        int number = step.number();
        Plan plan = Plan.together("drain at step " + number, number);
        try (Trial trial = lab.begin(plan, scenario, Optional.of(control), 0)) {
            if (!trial.playUpTo(number - 1)) {
                throw new InconclusiveException("one process alone answered another way than before at step "
                        + trial.run().broken().orElseThrow().step());
            }
            LabInstance instance = trial.process(plan.seat(number));
            Comparison comparison = control.comparison();
            trial.run().exchanges().forEach(comparison::next);
            Conversation conversation = trial.conversation(plan.seat(number));
            Signalling signalling = new Signalling(instance, signalled);
            Exchange exchange = signalling.play(conversation, step.withPolling(Polling.NONE));
            if (signalled && !signalling.asked) {
                throw new InconclusiveException("step " + number + " was over before " + signal() + " could be sent");
            }
            List<Difference> differences = comparison.next(exchange);
            return differences.isEmpty() ? Optional.empty() : Optional.of(Likeness.inWords(differences));
        }
    }

    /** Asks one process to end, once, while a request is under way. */
    private final class Signalling {
        private final LabInstance instance;
        private final boolean signalled;
        private volatile boolean asked;
        private volatile boolean over;

        Signalling(LabInstance instance, boolean signalled) {
            this.instance = instance;
            this.signalled = signalled;
        }

        Exchange play(Conversation conversation, Step step) throws InterruptedException {
            Target target = instance.target().orElseThrow();
            if (hasBody(step)) {
                Midway midway = () -> inTheMiddle(ACCEPTED, SIGNALLED);
                return conversation.play(step, target, midway);
            }
            Thread later = Thread.ofVirtual().name("drain").start(() -> {
                try {
                    inTheMiddle(control.took(step.number()).dividedBy(2), Duration.ZERO);
                } catch (IOException e) {
                    // Then nothing was asked, which is looked at afterwards.
                }
            });
            try {
                return conversation.play(step, target);
            } finally {
                over = true;
                later.join();
            }
        }

        private void inTheMiddle(Duration before, Duration after) throws IOException {
            try {
                Thread.sleep(before);
                if (signalled && !over) {
                    instance.signal(policy().signal());
                    asked = true;
                }
                Thread.sleep(after);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("the time of the request is over");
            }
        }
    }
}
