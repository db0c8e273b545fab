package dev.coatcheck.prove.check;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * Finds out why a step broke: whether it was the split, which earlier step left behind what it needs, and of what kind that
 * is. Polluter and victim are the words of Shi et al., "iFixFlakies" (2019), for tests that depend on their order.
 */
final class Examination {
    /** Enough for a write that is only put off to arrive. */
    private static final Duration A_WHILE = Duration.ofSeconds(3);

    private static final int ACCEPTED = 202;

    private final Stage stage;
    private final Scenario scenario;
    private final List<Integer> writing;
    private boolean learned;
    private Confirmation.Result result = Confirmation.Result.NOT_AGAIN;

    Examination(Stage stage, Scenario scenario) {
        this.stage = stage;
        this.scenario = scenario;
        this.writing = Writing.steps(scenario);
    }

    /**
     * Examines the step at which a plan broke.
     *
     * @param allowances with which the plan was played, and with which all that follows from it is
     * @param broken how it went
     * @return empty where it did not break again, or breaks unsplit as well
     */
    Optional<Leak> examine(Check check, Plan plan, Allowances allowances, Run broken) throws InterruptedException {
        int victim = broken.broken().orElseThrow().step();
        learned = false;
        while (true) {
            Case opened = new Case(check, allowances.in(plan.upTo(victim)), allowances, victim, broken);
            try {
                return opened.examine();
            } catch (EarlierVictim earlier) {
                // Steps that the plan had in one process were parted now, and there was something between them.
                victim = earlier.step;
            }
        }
    }

    /** What the last examination found instead of a leak, in words that follow a comma. */
    String doubt() {
        return result.words();
    }

    /** Whether the last examination found that the control varies by itself where the step differed. */
    boolean hasLearned() {
        return learned;
    }

    private enum Condition {
        WELL,
        BROKEN,
        /** The application does not start like this. */
        UNTRIED
    }

    private static final class EarlierVictim extends Exception {
        private static final long serialVersionUID = 1;
        private final int step;

        EarlierVictim(int step) {
            super(null, null, false, false);
            this.step = step;
        }
    }

    private final class Case {
        private final Check check;
        private final Plan plan;
        private final Allowances allowances;
        private final int victim;
        private final Run broken;
        private final List<String> evidence = new ArrayList<>();

        Case(Check check, Plan plan, Allowances allowances, int victim, Run broken) {
            this.check = check;
            this.plan = plan;
            this.allowances = allowances;
            this.victim = victim;
            this.broken = broken;
        }

        Optional<Leak> examine() throws InterruptedException, EarlierVictim {
            Plan handover = handover();
            Confirmation confirmation = confirmation(handover, broken);
            if (confirmation.isConfirmed()) {
                return Optional.of(dependence(handover, confirmation));
            }
            Run known = broken;
            if (confirmation.result() == Confirmation.Result.TAUGHT) {
                // What broke before was compared with what the control was taken for then.
                known = play(plan);
                if (known.broken().isEmpty()) {
                    return Optional.empty();
                }
            } else if (plan.isPlayedLike(handover, stage.hasWorkers())) {
                return Optional.empty();
            }
            confirmation = confirmation(plan, known);
            if (!confirmation.isConfirmed()) {
                return Optional.empty();
            }
            List<Difference> differences = confirmation.differences();
            if (!plan.deaths().isEmpty()
                    && !breaks(plan.named("without the kills").withDeaths(Map.of()))) {
                return Optional.of(loss(differences));
            }
            Plan workersApart = seated("workers on disks of their own", step -> Seat.at(0));
            return Optional.of(
                    breaks(workersApart) ? betweenWebAndWorkers(workersApart, differences) : staleness(differences));
        }

        /** @param known counts for the first, where it was played in the same way */
        private Confirmation confirmation(Plan split, Run known) throws InterruptedException {
            Optional<Run> first = Optional.of(known)
                    .filter(run -> run.brokeAt(victim)
                            && waitedLikeOrLonger(run.plan(), split)
                            && run.plan().upTo(victim).isPlayedLike(split, stage.hasWorkers()));
            Confirmation confirmation = Confirmation.of(stage, split, victim, first);
            result = confirmation.result();
            learned |= result == Confirmation.Result.TAUGHT;
            if (confirmation.isConfirmed()) {
                evidence.add("split %1$d times, it broke %1$d times; unsplit in turn with that, it never did"
                        .formatted(Confirmation.ROUNDS));
            }
            return confirmation;
        }

        private static boolean waitedLikeOrLonger(Plan known, Plan split) {
            return split.deaths().isEmpty() || known.patience().compareTo(split.patience()) >= 0;
        }

        /** Everything before the victim in one process, and the victim alone in another. */
        private Plan handover() {
            return allowances.in(seated("handed over", step -> Seat.at(step < victim ? 0 : 1))
                    .withWorkersOnDisk(0));
        }

        private Plan seated(String name, IntFunction<Seat> seats) {
            return Plan.of(
                            name,
                            IntStream.rangeClosed(1, victim).mapToObj(seats).toList())
                    .patient(plan.patience());
        }

        private boolean breaks(Plan variant) throws InterruptedException, EarlierVictim {
            return play(variant).broken().isPresent();
        }

        private Run play(Plan variant) throws InterruptedException, EarlierVictim {
            return checked(stage.run(allowances.in(variant)));
        }

        private Run checked(Run run) throws EarlierVictim {
            if (run.broken().isPresent() && run.broken().get().step() < victim) {
                throw new EarlierVictim(run.broken().get().step());
            }
            return run;
        }

        private Leak dependence(Plan handover, Confirmation confirmation) throws InterruptedException, EarlierVictim {
            int polluter =
                    polluter(first -> seated("together from step " + first, step -> Seat.at(step < first ? 1 : 0))
                            .withWorkersOnDisk(0));
            List<Difference> differences = confirmation.differences();
            if (SameIds.areGivenTwice(confirmation.split(), confirmation.unsplit(), polluter, victim)) {
                evidence.add("two processes gave out the same where one gave out different things");
                return leak(
                        Cause.ID_COLLISION, polluter, differences, Trace.none("it is a number, and not looked for"));
            }
            UnaryOperator<Seat> onTheSameDisk = seat -> seat.inProcess(1).onDisk(0);
            Condition shared = condition(
                    "another process on the same disk",
                    lastSeat(handover, "another process, the same disk", onTheSameDisk));
            if (shared == Condition.WELL) {
                return leak(Cause.LOCAL_FILE, polluter, differences, trace(handover, polluter));
            }
            Condition restarted = condition(
                    "the process killed, another started on the same disk",
                    lastSeat(handover, "restarted on the same disk", onTheSameDisk)
                            .withDeaths(Map.of(victim - 1, Death.OF_ALL))
                            .startingLate());
            if (restarted == Condition.WELL) {
                // Where two cannot share a disk, as with a lock file, that one finds it there is all that can be known.
                Cause cause = shared == Condition.BROKEN ? Cause.CACHED_FILE : Cause.LOCAL_FILE;
                return leak(cause, polluter, differences, trace(handover, polluter));
            }
            Trace trace = trace(handover.after(A_WHILE, victim), polluter);
            trace.arrived()
                    .ifPresent(arrived -> evidence.add(
                            "another process, " + A_WHILE.toSeconds() + " s later: " + (arrived ? "well" : "broken")));
            if (trace.arrived().orElse(false)) {
                return leak(arrivingLate(polluter), polluter, differences, Trace.none("it is on its way, not kept"));
            }
            boolean undecided = shared == Condition.UNTRIED && restarted == Condition.UNTRIED;
            Cause cause =
                    switch (trace.remembered()) {
                        case YES -> Cause.MEMORY;
                        case NO -> undecided ? Cause.UNKNOWN : Cause.PROCESS_SECRET;
                        case UNKNOWN -> undecided ? Cause.UNKNOWN : Cause.MEMORY;
                    };
            return leak(cause, polluter, differences, trace);
        }

        /** How the conversation goes under a condition that is not the application's usual one. */
        private Condition condition(String name, Plan variant) throws InterruptedException, EarlierVictim {
            try {
                boolean broken = breaks(variant);
                evidence.add(name + ": " + (broken ? "broken" : "well"));
                return broken ? Condition.BROKEN : Condition.WELL;
            } catch (InconclusiveException e) {
                evidence.add(name + ": could not be tried, " + e.reason());
                return Condition.UNTRIED;
            }
        }

        private Trace trace(Plan search, int polluter) throws InterruptedException {
            try {
                return stage.trace(search, polluter);
            } catch (InconclusiveException e) {
                return Trace.none("it was not looked for: " + e.reason());
            }
        }

        private Cause arrivingLate(int polluter) throws InterruptedException, EarlierVictim {
            Plan crash = seated("killed before it arrives", step -> Seat.at(step <= polluter ? 0 : 1))
                    .withDeaths(Map.of(polluter, Death.OF_WHO_ANSWERED))
                    .after(A_WHILE, victim);
            return condition("who answered killed at once", crash) == Condition.BROKEN
                    ? Cause.LOST_WRITE
                    : Cause.STALE_CACHE;
        }

        private Leak betweenWebAndWorkers(Plan workersApart, List<Difference> differences)
                throws InterruptedException, EarlierVictim {
            evidence.add("web processes and workers on one disk: well; on a disk each: broken");
            int polluter = polluter(first -> seated(
                            "on the workers' disk from step " + first, step -> Seat.at(step < first ? 1 : 0))
                    .withWorkersOnDisk(0));
            return leak(Cause.LOCAL_FILE, polluter, differences, trace(workersApart, polluter));
        }

        /** Who answered before answers wrongly now, and a process that never heard of it does not: it kept a copy. */
        private Leak staleness(List<Difference> differences) throws InterruptedException, EarlierVictim {
            for (int write : before(victim, writing)) {
                Plan elsewhere = seated("step " + write + " elsewhere", step -> Seat.at(step == write ? 1 : 0));
                if (breaks(elsewhere)) {
                    evidence.add("with step " + write + " alone in another process it breaks");
                    return leak(Cause.STALE_CACHE, write, differences, trace(elsewhere, write));
                }
            }
            return unexplained(differences);
        }

        private Leak loss(List<Difference> differences) throws InterruptedException, EarlierVictim {
            List<Integer> candidates = before(victim, plan.deaths().keySet());
            for (int dying : candidates) {
                Death death = plan.deaths().getOrDefault(dying, Death.OF_ALL);
                Plan alone = seated("killed after step " + dying, step -> Seat.at(step <= dying ? 0 : 1))
                        .withDeaths(Map.of(dying, death));
                Plan fitting = plan.startsAhead() ? alone : alone.startingLate();
                Run run = killed(fitting, dying == candidates.getLast());
                if (run.broken().isPresent()) {
                    evidence.add("one kill is enough: that after step " + dying);
                    return leak(
                            promisedWork(run, dying) ? Cause.LOST_JOB : Cause.LOST_WRITE,
                            dying,
                            differences,
                            Trace.none("it died with the process"));
                }
            }
            return unexplained(differences);
        }

        /**
         * That a kill does no harm is often seen at once. What looks like harm may come yet, when the lease of what was
         * interrupted is over: only where no other kill is left to blame it need not be waited for once more.
         */
        private Run killed(Plan single, boolean isOnlyOneLeft) throws InterruptedException, EarlierVictim {
            Run hasty = stage.run(allowances.in(Confirmation.hasty(single)));
            boolean isCertain = hasty.broken().isEmpty()
                    || isOnlyOneLeft && hasty.brokeAt(victim)
                    || Confirmation.hasty(single).equals(single);
            return isCertain ? checked(hasty) : play(single);
        }

        /** Whether the step said that it would be done later (RFC 9110, 15.3.3), or the victim still says so. */
        private boolean promisedWork(Run run, int step) {
            boolean polls = scenario.steps().get(victim - 1).polling().retries() > 0;
            return polls && (status(run, step) == ACCEPTED || status(run, victim) / 100 == 2);
        }

        private static int status(Run run, int step) {
            return run.exchanges().stream()
                    .filter(exchange -> exchange.step().number() == step)
                    .flatMap(exchange -> exchange.response().stream())
                    .mapToInt(Response::status)
                    .findFirst()
                    .orElse(0);
        }

        private Leak unexplained(List<Difference> differences) {
            evidence.add("no single step could be made out that it depends on");
            return new Leak(
                    check,
                    Cause.UNKNOWN,
                    OptionalInt.empty(),
                    victim,
                    differences,
                    Trace.none("without the step that left it there is nothing to look for"),
                    evidence);
        }

        private Leak leak(Cause cause, int polluter, List<Difference> differences, Trace trace) {
            return new Leak(
                    check, cause, OptionalInt.of(polluter), victim, differences, trace.forCause(cause), evidence);
        }

        /**
         * The latest step which heals the victim when it and all after it are in the victim's process. All steps together
         * heal it, and the victim alone does not: so it lies between, and half of what is between is ruled out at a time.
         */
        private int polluter(IntFunction<Plan> togetherFrom) throws InterruptedException, EarlierVictim {
            int healing = 1;
            int broken = victim;
            while (broken - healing > 1) {
                int middle = (healing + broken) >>> 1;
                switch (condition("together from step " + middle, togetherFrom.apply(middle))) {
                    case BROKEN -> broken = middle;
                    case WELL -> healing = middle;
                    case UNTRIED -> {
                        evidence.add("so it is step " + healing + " or one after it");
                        return healing;
                    }
                }
            }
            evidence.add("in one process with step " + healing + " it is well, without it broken");
            return healing;
        }

        private Plan lastSeat(Plan handover, String name, UnaryOperator<Seat> change) {
            List<Seat> seats = new ArrayList<>(handover.seats());
            seats.set(victim - 1, change.apply(seats.get(victim - 1)));
            return handover.named(name).withSeats(seats);
        }
    }

    private static List<Integer> before(int victim, Iterable<Integer> steps) {
        List<Integer> earlier = new ArrayList<>();
        steps.forEach(step -> {
            if (step < victim) {
                earlier.add(step);
            }
        });
        Collections.reverse(earlier);
        return earlier;
    }
}
