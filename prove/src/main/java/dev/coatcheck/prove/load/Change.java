package dev.coatcheck.prove.load;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.Leak;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.Fleet;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.List;

/**
 * Changes the processes under a steady load through the router: no request may fail, and no conversation break, that would not
 * have without the change. For one thread.
 */
public final class Change {
    /** To learn what is usual. */
    private static final int BEFORE = 3;

    private static final int AFTER = 1;

    /** For conversations that take long, as those that wait for a worker; a lease more, where the worker may be another. */
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Lab lab;
    private final Scenario scenario;
    private final Control control;
    private final int instances;
    private final Duration lease;
    private final int firstVictim;

    /**
     * @param lease how long another process takes at most until it takes up what an ended one had begun
     * @param known the leaks that were found already, which are not told once more
     */
    public Change(Lab lab, Scenario scenario, Control control, int instances, Duration lease, List<Leak> known) {
        this.lab = lab;
        this.scenario = scenario;
        this.control = control;
        this.instances = instances;
        this.lease = lease;
        this.firstVictim = known.stream().mapToInt(Leak::victim).min().orElse(Integer.MAX_VALUE);
    }

    /** What is done to the processes while the users come. */
    @FunctionalInterface
    private interface Doing {
        void to(Fleet fleet) throws InterruptedException;
    }

    /** Replaces all processes, one after the other. */
    public CheckOutcome roll() throws InterruptedException {
        return outcome(Check.ROLL, Fleet::roll);
    }

    /** Adds a process, then takes away all but one. */
    public CheckOutcome scale() throws InterruptedException {
        return outcome(Check.SCALE, fleet -> {
            fleet.scale(instances + 1);
            fleet.scale(1);
        });
    }

    private CheckOutcome outcome(Check check, Doing change) throws InterruptedException {
        try {
            Seen first = play(change);
            if (first.failures() > 0) {
                return confirmed(check, change, first);
            }
            return first.tally().conversations() == 0
                    ? new CheckOutcome(
                            check, Result.INCONCLUSIVE, first.inWords() + "; no conversation came to its end")
                    : new CheckOutcome(check, Result.PASSED, first.inWords());
        } catch (InconclusiveException e) {
            return new CheckOutcome(check, Result.INCONCLUSIVE, e.reason());
        }
    }

    /** Only what fails both times with the change, and neither time without it, is told of the change. */
    private CheckOutcome confirmed(Check check, Doing change, Seen first) throws InterruptedException {
        try {
            Seen unchanged = play(_ -> Thread.sleep(first.took()));
            if (unchanged.failures() > 0) {
                return unsure(check, first, failedWithoutAChange(unchanged));
            }
            Seen second = play(change);
            if (second.failures() == 0) {
                return unsure(check, first, "when it was done again, none did");
            }
            Seen unchangedAgain = play(_ -> Thread.sleep(second.took()));
            if (unchangedAgain.failures() > 0) {
                return unsure(check, first, failedWithoutAChange(unchangedAgain));
            }
            return new CheckOutcome(
                    check,
                    Result.FAILED,
                    first.inWords() + "; done again, " + second.failures() + " of "
                            + second.tally().requests() + ", and in as much time without a change none, both times");
        } catch (InconclusiveException e) {
            return unsure(check, first, "it could not be confirmed: " + e.reason());
        }
    }

    private static CheckOutcome unsure(Check check, Seen first, String why) {
        return new CheckOutcome(check, Result.INCONCLUSIVE, first.inWords() + "; " + why);
    }

    private static String failedWithoutAChange(Seen unchanged) {
        return "but so it went with " + unchanged.failures() + " of "
                + unchanged.tally().requests() + " under the same load without a change";
    }

    private Seen play(Doing change) throws InterruptedException {
        return lab.despiteFixedPorts(() -> playOnce(change));
    }

    private Seen playOnce(Doing change) throws InterruptedException {
        Usual usual = new Usual(firstVictim);
        try (Fleet fleet = lab.fleet(instances);
                Users users = new Users(scenario, control, usual, lab::fromElsewhere, fleet.router(), lease)) {
            if (!users.awaitEach(BEFORE, LIMIT) || !users.judge(LIMIT)) {
                throw new InconclusiveException("a conversation takes too long for a steady load of them: " + BEFORE
                        + " of each user were not over after " + LIMIT.toSeconds()
                        + " s, or the next not in as much time");
            }
            if (scenario.steps().stream().allMatch(step -> usual.of(step.number()) == Likeness.NONE)) {
                throw new InconclusiveException("no step is answered, but with an error or 429 Too Many Requests, when"
                        + " several users come at once, so nothing can be said of a change of processes");
            }
            long begun = System.nanoTime();
            change.to(fleet);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            // Where somebody does not come to an end, leaving tells of it.
            boolean _ = users.awaitEach(AFTER, LIMIT);
            users.leave(LIMIT.plus(lease));
            return new Seen(scenario, users.tally(), usual, took);
        }
    }
}
