package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Extended;
import dev.coatcheck.prove.check.Stage.Spoiled;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.FixedPortException;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Instance;
import dev.coatcheck.prove.lab.Manner;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Site;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jsoup.Jsoup;

/**
 * Plays a scenario to single instances until it is known what varies by itself. The instances differ in all in which those
 * of a fleet do: name, TCP port, process id, host name, age, and how many requests they have seen before; so what an
 * application tells of itself makes noise and no alarm.
 *
 * @param control what was learned
 * @param runs in their order
 * @param answering how many processes of one instance were seen to take requests, at the most
 */
record ControlRuns(Control control, List<Run> runs, int answering) {
    /** So much older is each instance than the one before when its conversation begins. */
    private static final Duration OLDER = Duration.ofMillis(350);

    /** So far apart conversations begin: what tells the time in seconds must not say the same in all of them. */
    private static final Duration APART = Duration.ofMillis(1_100);

    private static final int FIRST_ERROR = 400;
    private static final int MOST_SHOWN = 300;

    /** @throws InconclusiveException if the control fails, or is not at one with itself */
    static ControlRuns play(Site site, Scenario scenario, Progress progress) throws InterruptedException {
        int steps = scenario.steps().size();
        if (steps < 2) {
            throw new InconclusiveException("the scenario '" + scenario.name()
                    + "' has one step, and there is nothing in it that could be split; add the request that needs what this"
                    + " one leaves");
        }
        progress.phase("control");
        List<Run> runs = new ArrayList<>();
        int answering = 1;
        boolean twins = false;
        Optional<String> unsteered = Optional.empty();
        long next = System.nanoTime();
        int wanted = Math.max(Control.LEAST_RUNS, site.given());
        while (runs.size() < wanted) {
            int number = runs.size() + 1;
            progress.run("control " + number, number, wanted);
            Plan plan = Plan.together("control " + number, steps);
            try (Trial trial = site.begin(plan, scenario, Optional.empty(), number - 1)) {
                Instance instance = trial.instance(plan.seat(1));
                next = age(site, instance, number, next);
                for (int step = 1; step <= steps; step++) {
                    trial.playUpTo(step);
                    check(trial.run().exchanges().getLast(), number, site, instance);
                }
                runs.add(trial.run());
                answering = Math.max(answering, instance.answering());
                twins |= instance.hasTwins();
                unsteered = unsteered.or(instance::unsteered);
            } catch (FixedPortException e) {
                // Twice at most: from then on it is inconclusive that it listens on yet another.
                site.giveOwnNetworks(e);
            }
        }
        Control control = Control.learn(runs.stream().map(Run::exchanges).toList());
        Set<Integer> flickering = control.flickering();
        if (!flickering.isEmpty()) {
            throw new InconclusiveException("the control is not at one with itself: the status of step "
                    + flickering.iterator().next()
                    + " is not the same each time, though one instance alone answered all steps"
                    + unsteered.map("; "::concat).orElse("")
                    + site.whereItFlickers());
        }
        Set<String> varying = control.varyingInKind();
        if (twins && !varying.isEmpty()) {
            throw new InconclusiveException("the control is not at one with itself: " + String.join(", ", varying)
                    + " is there in one run and not in another, or is of another kind, though one instance alone answered all"
                    + " steps. It runs several processes of the same program, and if they keep state each for itself, the"
                    + " application is stateful within one instance already: run it with one of them (WEB_CONCURRENCY=1 is"
                    + " set here) to have that proved");
        }
        return new ControlRuns(control, runs, answering);
    }

    /**
     * Plays a longer conversation to single instances in the same way.
     *
     * @param runs is given each run as soon as it was played
     * @throws Spoiled if a step of the scenario itself is not answered as it asks, for what was added
     */
    static void playLonger(Site site, Extended conversation, Progress progress, List<Run> runs)
            throws InterruptedException, Spoiled {
        Scenario scenario = conversation.scenario();
        int steps = scenario.steps().size();
        long next = System.nanoTime();
        int wanted = Math.max(Control.LEAST_RUNS_OF_LONGER, site.given());
        while (runs.size() < wanted) {
            int number = runs.size() + 1;
            Plan plan = Plan.together("control " + number + " of the longer conversation", steps);
            progress.run(plan.name(), number, wanted);
            try (Trial trial = site.begin(plan, scenario, Optional.empty(), number - 1)) {
                next = age(site, trial.instance(plan.seat(1)), number, next);
                trial.playUpTo(steps, exchange -> !isSpoiled(conversation, exchange));
                runs.add(trial.run());
            } catch (FixedPortException e) {
                site.giveOwnNetworks(e);
                continue;
            }
            List<Exchange> exchanges = runs.getLast().exchanges();
            if (isSpoiled(conversation, exchanges.getLast())) {
                Exchange spoiled = exchanges.getLast();
                throw new Spoiled(
                        spoiled.step().number(),
                        "step " + spoiled.step().number() + " " + spoiled.step().title() + ": " + wrong(spoiled),
                        exchanges.subList(0, exchanges.size() - 1));
            }
        }
    }

    /**
     * Plays a scenario as {@link #play} does, and hears what comes on open sockets.
     *
     * @throws InconclusiveException if a step is not answered as it asks
     */
    static List<Run> listening(Site site, Scenario scenario, Progress progress) throws InterruptedException {
        int steps = scenario.steps().size();
        List<Run> runs = new ArrayList<>();
        long next = System.nanoTime();
        int wanted = Math.max(Control.LEAST_RUNS, site.given());
        while (runs.size() < wanted) {
            int number = runs.size() + 1;
            Plan plan = Plan.together("control " + number + " of what sockets hear", steps);
            progress.run(plan.name(), number, wanted);
            try (Trial trial = site.begin(plan, scenario, Optional.empty(), number - 1, Manner.LISTENING)) {
                next = age(site, trial.instance(plan.seat(1)), number, next);
                trial.playUpTo(steps);
                runs.add(trial.run());
            } catch (FixedPortException e) {
                site.giveOwnNetworks(e);
                continue;
            }
            for (Exchange exchange : runs.getLast().exchanges()) {
                if (!exchange.isAsExpected()) {
                    throw new InconclusiveException(
                            "one process alone does not take the conversation with pauses to listen in: step "
                                    + exchange.step().number() + " "
                                    + exchange.step().title() + ": "
                                    + wrong(exchange));
                }
            }
        }
        return runs;
    }

    private static boolean isSpoiled(Extended conversation, Exchange exchange) {
        return !exchange.isAsExpected() && !conversation.isAdded(exchange.step().number());
    }

    /** @return when the next conversation may begin */
    private static long age(Site site, Instance instance, int number, long next) throws InterruptedException {
        Duration apart = Duration.ofNanos(next - System.nanoTime());
        Duration older = OLDER.multipliedBy(number - 1);
        site.age(instance, apart.compareTo(older) > 0 ? apart : older, number - 1);
        return System.nanoTime() + APART.toNanos();
    }

    private static void check(Exchange exchange, int number, Site site, Instance instance) {
        if (!exchange.isAsExpected()) {
            throw new InconclusiveException("the control fails: step "
                    + exchange.step().number() + " " + exchange.step().title() + ": " + wrong(exchange)
                    + hint(number, site, instance)
                    + exchange.response().map(ControlRuns::beginning).orElse(""));
        }
    }

    private static String wrong(Exchange exchange) {
        return switch (exchange.outcome()) {
            case Outcome.Answered answered -> String.join("; ", exchange.unmet());
            case Outcome.Failed failed -> failed.failure() + " (" + failed.why() + ")";
            case Outcome.NotSent notSent -> "not sent: " + notSent.why();
        };
    }

    /** What a person would read of an answer that tells of an error: an application says there what it misses. */
    private static String beginning(Response response) {
        if (response.status() < FIRST_ERROR || !response.isText()) {
            return ""; // what was given instead of what was expected may be a secret
        }
        String words = response.isHtml()
                ? Jsoup.parse(response.text()).text()
                : response.text().replaceAll("\\s+", " ").strip();
        return words.isEmpty()
                ? ""
                : "; the answer begins:\n  "
                        + (words.length() > MOST_SHOWN ? words.substring(0, MOST_SHOWN) + " …" : words);
    }

    private static String hint(int number, Site site, Instance instance) {
        Optional<String> unsteered = instance.unsteered();
        if (unsteered.isPresent()) {
            return "; " + unsteered.get();
        }
        Optional<String> given = site.hint(number, instance);
        if (given.isPresent()) {
            return given.get();
        }
        if (number > 1 && !site.isReset()) {
            return "; the first control went well, so the state of an earlier one seems to be in an attached backing"
                    + " service: use {{run}} in the names that have to be new, or make it clean with --reset COMMAND";
        }
        return instance.isAlive()
                ? "; one process alone does not do it, so correct the step, its path, its body or the status it expects"
                : "; the instance has ended" + instance.lastLines();
    }
}
