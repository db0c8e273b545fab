package dev.coatcheck.prove.load;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.Leak;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.FixedPortException;
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

    /** For conversations that take long, as those that wait for a worker. */
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
            Seen first = play(check, change);
            if (first.failed() == 0) {
                return new CheckOutcome(check, Result.PASSED, first.words());
            }
            Seen unchanged = play(check, _ -> Thread.sleep(first.took()));
            if (unchanged.failed() > 0) {
                return new CheckOutcome(
                        check,
                        Result.INCONCLUSIVE,
                        first.words() + "; but so it went with " + unchanged.failed() + " of " + unchanged.requests()
                                + " under the same load without a change");
            }
            Seen second = play(check, change);
            return second.failed() == 0
                    ? new CheckOutcome(check, Result.INCONCLUSIVE, first.words() + "; when it was done again, none did")
                    : new CheckOutcome(
                            check,
                            Result.FAILED,
                            first.words() + "; done again, " + second.failed() + " of " + second.requests()
                                    + ", and in as much time without a change none");
        } catch (InconclusiveException e) {
            return new CheckOutcome(check, Result.INCONCLUSIVE, e.reason());
        }
    }

    /** @param took how long what was done to the fleet took */
    private record Seen(int requests, int failed, Duration took, String words) {}

    private Seen play(Check check, Doing change) throws InterruptedException {
        Usual usual = new Usual(scenario.steps().size(), firstVictim);
        try (Fleet fleet = fleet();
                Users users = new Users(scenario, control, usual, lab::fromElsewhere, fleet.router(), lease)) {
            awaitEach(users, BEFORE);
            if (usual.count(Likeness.NONE) == scenario.steps().size()) {
                throw new InconclusiveException(
                        "every step fails as soon as several users come at once, so nothing can be said of a "
                                + check.label());
            }
            users.judge();
            int before = users.requests();
            long begun = System.nanoTime();
            change.to(fleet);
            Duration took = Duration.ofNanos(System.nanoTime() - begun);
            awaitEach(users, AFTER);
            if (!users.leave(LIMIT)) {
                throw new InconclusiveException(
                        "some users still waited for an answer " + LIMIT.toSeconds() + " s later");
            }
            int requests = users.requests() - before;
            return new Seen(requests, users.failed(), took, words(users, requests, usual));
        }
    }

    private Fleet fleet() throws InterruptedException {
        try {
            return lab.fleet(instances);
        } catch (FixedPortException e) {
            // Once at most: from then on each has a network of its own.
            lab.giveOwnNetworks(e);
        }
        return lab.fleet(instances);
    }

    private static void awaitEach(Users users, int conversations) throws InterruptedException {
        if (!users.awaitEach(conversations, LIMIT)) {
            throw new InconclusiveException("a conversation takes too long for a steady load of them: fewer than "
                    + conversations + " were over after " + LIMIT.toSeconds() + " s");
        }
    }

    private String words(Users users, int requests, Usual usual) {
        int steps = scenario.steps().size();
        long whole = usual.count(Likeness.WHOLE);
        String compared = whole == steps
                ? ""
                : "; " + (steps - whole) + " of " + steps
                        + " steps vary under load, or leak as is known, and were compared less closely";
        return users.failed() == 0
                ? "none of " + requests + " requests failed, and no conversation broke" + compared
                : users.failed() + " of " + requests + " requests failed, or were answered in another way: "
                        + users.firstFailure().orElse("") + compared;
    }
}
