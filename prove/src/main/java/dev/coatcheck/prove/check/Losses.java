package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Case.EarlierVictim;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Response;
import java.util.List;
import java.util.Map;

/** Finds out which of the kills in a plan it was that took what the victim needs. */
final class Losses {
    private static final int ACCEPTED = 202;

    private final Case opened;

    Losses(Case opened) {
        this.opened = opened;
    }

    /** The leak of a plan that goes well as soon as nobody is killed. */
    Leak leak(List<Difference> differences) throws InterruptedException, EarlierVictim {
        List<Integer> candidates = opened.before(opened.plan().deaths().keySet());
        for (int dying : candidates) {
            Death death = opened.plan().deaths().getOrDefault(dying, Death.OF_ALL);
            Plan alone = opened.seated("killed after step " + dying, step -> Seat.at(step <= dying ? 0 : 1))
                    .withDeaths(Map.of(dying, death));
            Plan fitting = opened.plan().startsAhead() ? alone : alone.startingLate();
            Run run = killed(fitting, candidates.size() == 1);
            if (run.broken().isPresent()) {
                opened.found("one kill is enough: that after step " + dying);
                return opened.leak(
                        promisedWork(run, dying) ? Cause.LOST_JOB : Cause.LOST_WRITE,
                        dying,
                        differences,
                        Trace.none("it died with the process"));
            }
        }
        return opened.unexplained(differences);
    }

    /**
     * That a kill does no harm is often seen at once. What looks like harm may come yet, when the lease of what was
     * interrupted is over: only where there was no other kill it need not be waited for once more.
     */
    private Run killed(Plan single, boolean isOnlyOne) throws InterruptedException, EarlierVictim {
        Run hasty = opened.playUnchecked(Confirmation.hasty(single));
        boolean isCertain = hasty.broken().isEmpty()
                || (isOnlyOne && hasty.brokeAt(opened.victim()))
                || Confirmation.hasty(single).equals(single);
        return isCertain ? opened.checked(hasty) : opened.play(single);
    }

    /** Whether the step said that it would be done later (RFC 9110, 15.3.3), or the victim still says so. */
    private boolean promisedWork(Run run, int step) {
        boolean polls =
                opened.scenario().steps().get(opened.victim() - 1).polling().retries() > 0;
        return polls && (status(run, step) == ACCEPTED || status(run, opened.victim()) / 100 == 2);
    }

    private static int status(Run run, int step) {
        return run.exchanges().stream()
                .filter(exchange -> exchange.step().number() == step)
                .flatMap(exchange -> exchange.response().stream())
                .mapToInt(Response::status)
                .findFirst()
                .orElse(0);
    }
}
