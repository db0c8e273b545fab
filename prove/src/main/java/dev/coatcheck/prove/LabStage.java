package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.Stage;
import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.lab.FixedPortException;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Plays plans in the lab, and keeps what came of them as evidence. */
final class LabStage implements Stage {
    private final Lab lab;
    private final Scenario scenario;
    private Control control;
    private final Progress progress;
    private final List<CheckedRun> runs = new ArrayList<>();
    private String check = "";

    /**
     * A run, and what it was for.
     *
     * @param check the label of the check
     * @param counts whether it says something for or against the application; a search does not
     */
    record CheckedRun(String check, Run run, boolean counts) {}

    LabStage(Lab lab, Scenario scenario, Control control, Progress progress) {
        this.lab = lab;
        this.scenario = scenario;
        this.control = control;
        this.progress = progress;
    }

    @Override
    public void begin(Check next) {
        check = next.label();
        progress.phase(check);
    }

    @Override
    public Run run(Plan plan) throws InterruptedException {
        progress.run(plan.name(), runs.size() + 1, 0);
        return inTrial(plan, trial -> {
            trial.playUpTo(plan.steps());
            Run run = trial.run();
            runs.add(new CheckedRun(check, run, true));
            return run;
        });
    }

    @FunctionalInterface
    private interface Playing<T> {
        T play(Trial trial) throws InterruptedException;
    }

    private <T> T inTrial(Plan plan, Playing<T> playing) throws InterruptedException {
        try (Trial trial = lab.begin(plan, scenario, Optional.of(control), 0)) {
            return playing.play(trial);
        } catch (FixedPortException e) {
            // Once at most: from then on each has a network of its own.
            lab.giveOwnNetworks(e);
        }
        try (Trial trial = lab.begin(plan, scenario, Optional.of(control), 0)) {
            return playing.play(trial);
        }
    }

    @Override
    public boolean hasWorkers() {
        return lab.hasWorkers();
    }

    @Override
    public boolean learn(Run unsplit) {
        // With steps repeated, or one not answered as the scenario asks, it is no control.
        if (!unsplit.plan().repeated().isEmpty()
                || !unsplit.exchanges().stream().allMatch(Exchange::isAsExpected)) {
            return false;
        }
        Control taught = control.with(unsplit.exchanges());
        // That something is there or not is no noise: in a run that took longer it may have been forgotten.
        if (!control.varyingInKind().containsAll(taught.varyingInKind())) {
            return false;
        }
        control = taught;
        return true;
    }

    /** What is known by now of what the application answers; more than at first, where unsplit runs have taught it. */
    Control control() {
        return control;
    }

    @Override
    public Trace trace(Plan handover, int polluter) throws InterruptedException {
        progress.run("looking for what step " + polluter + " left", runs.size() + 1, 0);
        Plan search = handover.named("search for what step " + polluter + " left");
        return inTrial(search, trial -> {
            Trace trace = new Tracer(lab, trial, scenario, search, polluter).trace();
            runs.add(new CheckedRun(check, trial.run(), false));
            return trace;
        });
    }

    /**
     * Whether any step is answered in another way when none has gone before it. Plays each as the first of a conversation,
     * the last one first, so that no earlier one has left anything.
     */
    boolean hasStepThatNeedsAnother() throws InterruptedException {
        Plan plan = Plan.together("each step alone", scenario.steps().size());
        progress.run(plan.name(), runs.size() + 1, 0);
        return inTrial(plan, trial -> {
            Target target = trial.instance(plan.seat(1)).target().orElseThrow();
            for (Step step : scenario.steps().subList(1, plan.steps()).reversed()) {
                Exchange alone = trial.conversation(plan.seat(1)).play(step.withPolling(Polling.NONE), target);
                if (!control.comparison().next(alone).isEmpty()) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Plays all steps to one instance, each to another of its processes than the one before. */
    Run amongProcesses() throws InterruptedException {
        Plan plan = Plan.together(
                "among the processes of one instance", scenario.steps().size());
        progress.run(plan.name(), runs.size() + 1, 0);
        return inTrial(plan, trial -> {
            trial.instance(plan.seat(1)).takeTurns();
            trial.playUpTo(plan.steps());
            Run run = trial.run();
            runs.add(new CheckedRun("control", run, false));
            return run;
        });
    }

    /** All runs so far. */
    List<CheckedRun> runs() {
        return List.copyOf(runs);
    }
}
