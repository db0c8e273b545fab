package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Case.Condition;
import dev.coatcheck.prove.check.Case.EarlierVictim;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Seat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;

/** Finds out which step left what the victim needs, and in what kind of place. */
final class Dependence {
    private final Case opened;

    Dependence(Case opened) {
        this.opened = opened;
    }

    /** The leak of a victim that breaks wherever another process answers it than all steps before. */
    Leak leak(Plan handover, Confirmation confirmation) throws InterruptedException, EarlierVictim {
        if (opened.victim() == 1) {
            return withoutPolluter(confirmation.differences());
        }
        int polluter =
                polluter(first -> opened.seated("together from step " + first, step -> Seat.at(step < first ? 1 : 0))
                        .withWorkersOnDisk(0));
        List<Difference> differences = confirmation.differences();
        if (SameIds.areGivenTwice(confirmation.split(), confirmation.unsplit(), polluter, opened.victim())) {
            opened.found("two processes gave out the same where one gave out different things");
            return opened.leak(Cause.ID_COLLISION, polluter, differences, opened.traceOfId(handover, polluter));
        }
        UnaryOperator<Seat> onTheSameDisk = seat -> seat.inProcess(1).onDisk(0);
        Condition shared = opened.condition(
                "another process on the same disk",
                lastSeat(handover, "another process, the same disk", onTheSameDisk));
        if (shared == Condition.WELL) {
            return opened.leak(Cause.LOCAL_FILE, polluter, differences, opened.trace(handover, polluter));
        }
        Condition restarted = opened.condition(
                "the process killed, another started on the same disk",
                lastSeat(handover, "restarted on the same disk", onTheSameDisk)
                        .withDeaths(Map.of(opened.victim() - 1, Death.OF_ALL_AT_REST))
                        .startingLate());
        if (restarted == Condition.WELL) {
            // Where two cannot share a disk, as with a lock file, that one finds it there is all that can be known.
            Cause cause = shared == Condition.BROKEN ? Cause.CACHED_FILE : Cause.LOCAL_FILE;
            return opened.leak(cause, polluter, differences, opened.trace(handover, polluter));
        }
        Trace trace = opened.trace(handover.after(Staleness.A_WHILE, opened.victim()), polluter);
        trace.arrived()
                .ifPresent(arrived -> opened.found("another process, " + Staleness.A_WHILE.toSeconds() + " s later: "
                        + (arrived ? "well" : "broken")));
        if (trace.arrived().orElse(false)) {
            Cause cause = new Staleness(opened).arrivingLate(polluter);
            return opened.leak(
                    cause,
                    polluter,
                    differences,
                    Trace.none("it is on its way, not kept"),
                    cause == Cause.STALE_CACHE ? opened.settling(handover, polluter) : Optional.empty());
        }
        boolean undecided = shared == Condition.UNTRIED && restarted == Condition.UNTRIED;
        Cause cause =
                switch (trace.remembered()) {
                    case YES -> Cause.MEMORY;
                    case NO -> undecided ? Cause.UNKNOWN : Cause.PROCESS_SECRET;
                    case UNKNOWN -> undecided ? Cause.UNKNOWN : Cause.MEMORY;
                };
        return opened.leak(cause, polluter, differences, trace);
    }

    /** Files that web processes and workers both need are on the disk of one of them. */
    Leak betweenWebAndWorkers(Plan workersApart, List<Difference> differences)
            throws InterruptedException, EarlierVictim {
        opened.found("web processes and workers on one disk: well; on a disk each: broken");
        if (opened.victim() == 1) {
            return withoutPolluter(differences);
        }
        int polluter = polluter(first -> opened.seated(
                        "on the workers' disk from step " + first, step -> Seat.at(step < first ? 1 : 0))
                .withWorkersOnDisk(0));
        return opened.leak(Cause.LOCAL_FILE, polluter, differences, opened.trace(workersApart, polluter));
    }

    /** What the first step differs by was there before it: as where only the first process of several does a thing. */
    private Leak withoutPolluter(List<Difference> differences) {
        opened.found("no step comes before it, so it is which process answers that makes the difference");
        return opened.unexplained(differences);
    }

    /**
     * The latest step which heals the victim when it and all after it are in the victim's process. All steps together heal
     * it, and the victim alone does not (but where a worker writes what it reads): so it lies between, and half of what is
     * between is ruled out at a time.
     */
    private int polluter(IntFunction<Plan> togetherFrom) throws InterruptedException, EarlierVictim {
        if (opened.hasWorkers()
                && opened.condition("alone on the workers' disk", togetherFrom.apply(opened.victim()))
                        == Condition.WELL) {
            return giverOfWork();
        }
        int healing = 1;
        int broken = opened.victim();
        while (broken - healing > 1) {
            int middle = (healing + broken) >>> 1;
            switch (opened.condition("together from step " + middle, togetherFrom.apply(middle))) {
                case BROKEN -> broken = middle;
                case WELL -> healing = middle;
                case UNTRIED -> {
                    opened.found("so it is step " + healing + " or one after it");
                    return healing;
                }
            }
        }
        opened.found("in one process with step " + healing + " it is well, without it broken");
        return healing;
    }

    /** What the victim reads is written by a worker: for which step can only be guessed. */
    private int giverOfWork() {
        int giver = opened.before(Writing.steps(opened.scenario())).stream()
                .findFirst()
                .orElse(opened.victim() - 1);
        opened.found("so a worker writes what it reads, and step " + giver + " is the last before it that can have"
                + " asked for that");
        return giver;
    }

    private Plan lastSeat(Plan handover, String name, UnaryOperator<Seat> change) {
        List<Seat> seats = new ArrayList<>(handover.seats());
        seats.set(opened.victim() - 1, change.apply(seats.get(opened.victim() - 1)));
        return handover.named(name).withSeats(seats);
    }
}
