package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** A step that broke, and what was found out about it so far by playing the steps up to it in other ways. */
final class Case {
    private final Stage stage;
    private final Scenario scenario;
    private final Check check;
    private final Plan plan;
    private final Allowances allowances;
    private final int victim;
    private final List<String> evidence = new ArrayList<>();
    private Optional<List<Difference>> confirmed = Optional.empty();

    /** How a way of playing went that is not the application's usual one. */
    enum Condition {
        WELL,
        BROKEN,
        /** The application does not start like this. */
        UNTRIED
    }

    /** Steps that the plan had in one process were parted, and there was something between them. */
    static final class EarlierVictim extends Exception {
        private static final long serialVersionUID = 1;
        private final int step;

        private EarlierVictim(int step) {
            super(null, null, false, false);
            this.step = step;
        }

        int step() {
            return step;
        }
    }

    /** @param plan at whose last step it broke, with what is allowed for */
    Case(Stage stage, Scenario scenario, Check check, Plan plan, Allowances allowances) {
        this.stage = stage;
        this.scenario = scenario;
        this.check = check;
        this.plan = plan;
        this.allowances = allowances;
        this.victim = plan.steps();
    }

    Scenario scenario() {
        return scenario;
    }

    Plan plan() {
        return plan;
    }

    /** The number of the step that broke. */
    int victim() {
        return victim;
    }

    boolean hasWorkers() {
        return stage.hasWorkers();
    }

    /** Notes that it is a leak, whatever else is found out about it. */
    void confirm(List<Difference> differences) {
        confirmed = Optional.of(differences);
    }

    /** The leak as far as it is known; empty where it is not confirmed that it is one. */
    Optional<Leak> soFar() {
        return confirmed.map(this::unexplained);
    }

    /** Notes something that a report is to tell. */
    void found(String what) {
        evidence.add(what);
    }

    /** The steps up to the victim in these seats, with the plan's patience; nobody dies. */
    Plan seated(String name, IntFunction<Seat> seats) {
        return Plan.of(name, IntStream.rangeClosed(1, victim).mapToObj(seats).toList())
                .patient(plan.patience());
    }

    /** A plan of this case, with what is allowed for. */
    Plan allowed(Plan variant) {
        return allowances.in(variant);
    }

    boolean breaks(Plan variant) throws InterruptedException, EarlierVictim {
        return play(variant).broken().isPresent();
    }

    Run play(Plan variant) throws InterruptedException, EarlierVictim {
        return checked(playUnchecked(variant));
    }

    /** As {@link #play}, and it may break at any step. */
    Run playUnchecked(Plan variant) throws InterruptedException {
        return stage.run(allowed(variant));
    }

    Run checked(Run run) throws EarlierVictim {
        if (run.broken().isPresent() && run.broken().get().step() < victim) {
            throw new EarlierVictim(run.broken().get().step());
        }
        return run;
    }

    /** How the conversation goes under a condition that is not the application's usual one. */
    Condition condition(String name, Plan variant) throws InterruptedException, EarlierVictim {
        try {
            boolean broken = breaks(variant);
            found(name + ": " + (broken ? "broken" : "well"));
            return broken ? Condition.BROKEN : Condition.WELL;
        } catch (InconclusiveException e) {
            found(name + ": could not be tried, " + e.reason());
            return Condition.UNTRIED;
        }
    }

    Trace trace(Plan search, int polluter) throws InterruptedException {
        return traced(() -> stage.trace(search, polluter));
    }

    Trace traceOfId(Plan search, int polluter) throws InterruptedException {
        return traced(() -> stage.traceOfId(search, polluter));
    }

    @FunctionalInterface
    private interface Tracing {
        Trace trace() throws InterruptedException;
    }

    private static Trace traced(Tracing tracing) throws InterruptedException {
        try {
            return tracing.trace();
        } catch (InconclusiveException e) {
            return Trace.none("it was not looked for: " + e.reason());
        }
    }

    /** What who answers the victim keeps of it. */
    Trace residue(Plan search) throws InterruptedException {
        try {
            return stage.residue(allowed(search), Set.of(victim));
        } catch (InconclusiveException e) {
            return Trace.none("it was not looked for: " + e.reason());
        }
    }

    /** Of these steps those before the victim, the last of them first. */
    List<Integer> before(Iterable<Integer> steps) {
        List<Integer> earlier = new ArrayList<>();
        steps.forEach(step -> {
            if (step < victim) {
                earlier.add(step);
            }
        });
        Collections.reverse(earlier);
        return earlier;
    }

    Leak unexplained(List<Difference> differences) {
        found("no single step could be made out that it depends on");
        return new Leak(
                check,
                Cause.UNKNOWN,
                OptionalInt.empty(),
                victim,
                differences,
                Trace.none("without the step that left it there is nothing to look for"),
                evidence,
                Optional.empty());
    }

    Leak leak(Cause cause, int polluter, List<Difference> differences, Trace trace) {
        return leak(cause, polluter, differences, trace, Optional.empty());
    }

    /** @param scope how far it goes */
    Leak leak(Cause cause, int polluter, List<Difference> differences, Trace trace, Optional<String> scope) {
        return new Leak(
                check, cause, OptionalInt.of(polluter), victim, differences, trace.forCause(cause), evidence, scope);
    }

    /**
     * How long after the polluter the plan's last step differs, in words that follow "It shows". Empty where it did not differ
     * this time, and where it changes something: then asking until it agrees would change it each time.
     */
    Optional<String> settling(Plan differing, int polluter) throws InterruptedException {
        if (!scenario.steps().get(victim - 1).request().isSafe()) {
            return Optional.empty();
        }
        return stage.settling(allowed(differing), polluter)
                .map(settling -> settling.after()
                        .map(after -> "until %.1f s after the write".formatted(after.toMillis() / 1000.0))
                        .orElseGet(() -> "even " + settling.waited().toSeconds() + " s after the write"));
    }
}
