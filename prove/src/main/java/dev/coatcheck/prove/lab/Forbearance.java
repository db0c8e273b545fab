package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

/** Asks again where a process answers otherwise than the control, for a cache that is late is no leak. For one thread. */
final class Forbearance {
    private static final Duration BETWEEN_ASKS = Duration.ofMillis(50);

    private final Processes processes;
    private final Plan plan;
    private final Scenario scenario;
    private final RunUser user;
    private final Duration grace;
    private final Set<Integer> moving = new HashSet<>();

    /**
     * @param grace how long a safe step may differ; zero for none, so that the first difference counts
     */
    Forbearance(Processes processes, Plan plan, Scenario scenario, RunUser user, Duration grace) {
        this.processes = processes;
        this.plan = plan;
        this.scenario = scenario;
        this.user = user;
        this.grace = grace;
    }

    /** Whether a difference is over soon, or one that moves by itself: who served the last write has it as well. */
    boolean passes(Step step, Seat seat) throws InterruptedException {
        if (!grace.isPositive() || !step.request().isSafe()) {
            return false;
        }
        if (agreesWithin(grace, step, seat)) {
            return true;
        }
        boolean moves = !agrees(step, lastWriter(step.number()));
        if (moves) {
            moving.add(step.number());
        }
        return moves;
    }

    /** The steps that differed and were let pass, since who served the last write differed as well. */
    Set<Integer> moving() {
        return Set.copyOf(moving);
    }

    /** Whether a safe step that differed is answered as in the control before this is over. */
    boolean agreesWithin(Duration limit, Step step, Seat seat) throws InterruptedException {
        if (!step.request().isSafe()) {
            throw new IllegalArgumentException(
                    "step " + step.number() + " may change something, and is not sent again until it agrees");
        }
        long start = System.nanoTime();
        while (System.nanoTime() - start < limit.toNanos()) {
            Thread.sleep(BETWEEN_ASKS);
            if (agrees(step, seat)) {
                return true;
            }
        }
        return false;
    }

    private boolean agrees(Step step, Seat seat) throws InterruptedException {
        Exchange exchange = user.play(
                step.withPolling(Polling.NONE),
                seat,
                processes.web(seat).target().orElseThrow());
        return user.compare(exchange, seat).isEmpty();
    }

    private Seat lastWriter(int before) {
        return IntStream.range(1, before)
                .filter(number -> !scenario.steps().get(number - 1).request().isSafe())
                .mapToObj(plan::seat)
                .reduce(plan.seat(1), (earlier, later) -> later);
    }
}
