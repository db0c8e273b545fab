package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Case.Condition;
import dev.coatcheck.prove.check.Case.EarlierVictim;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Seat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds out about what a process still has as it was, or what has not come to it yet. */
final class Staleness {
    /** Enough for a write that is only put off to arrive. */
    static final Duration A_WHILE = Duration.ofSeconds(3);

    private final Case opened;

    Staleness(Case opened) {
        this.opened = opened;
    }

    /** Who answered before answers wrongly now, and a process that never heard of it does not: it kept a copy. */
    Leak copied(List<Difference> differences) throws InterruptedException, EarlierVictim {
        for (int write : opened.before(Writing.steps(opened.scenario()))) {
            Plan elsewhere = opened.seated("step " + write + " elsewhere", step -> Seat.at(step == write ? 1 : 0));
            if (opened.breaks(elsewhere)) {
                opened.found("with step " + write + " alone in another process it breaks");
                Optional<String> scope = opened.settling(elsewhere, write);
                return opened.leak(Cause.STALE_CACHE, write, differences, opened.residue(elsewhere), scope);
            }
        }
        return opened.unexplained(differences);
    }

    /** What is well after a while is either a copy that was refreshed, or a write that was put off and dies with its process. */
    Cause arrivingLate(int polluter) throws InterruptedException, EarlierVictim {
        Plan crash = opened.seated("killed before it arrives", step -> Seat.at(step <= polluter ? 0 : 1))
                .withDeaths(Map.of(polluter, Death.OF_WHO_ANSWERED))
                .after(A_WHILE, opened.victim());
        return opened.condition("who answered killed at once", crash) == Condition.BROKEN
                ? Cause.LOST_WRITE
                : Cause.STALE_CACHE;
    }
}
