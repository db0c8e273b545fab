package dev.coatcheck.prove;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.check.CheckOutcome;
import dev.coatcheck.prove.check.Extended;
import dev.coatcheck.prove.check.Leak;
import dev.coatcheck.prove.check.ListeningStage;
import dev.coatcheck.prove.check.Stage;
import dev.coatcheck.prove.check.Trace;
import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.compare.Told;
import dev.coatcheck.prove.factor.Factors;
import dev.coatcheck.prove.lab.Elsewhere;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.Manner;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Site;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.load.Change;
import dev.coatcheck.prove.load.Draining;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/** Plays plans in the lab, and keeps what came of them as evidence. */
final class LabStage implements ListeningStage {
    /** For the requests of a conversation that is judged; it does not begin another one after that. */
    private static final Duration JUDGED_LIMIT = Duration.ofSeconds(60);

    private final Site site;
    private final Extended conversation;
    private final Scenario scenario;
    private Optional<Control> control;
    private final Judge judge;
    private final Manner manner;
    private final Duration horizon;
    private final Progress progress;
    private final Chronicle chronicle;

    /** What the scenario itself was answered, whatever is played here. */
    private final Control original;

    private final Set<Integer> disregarded = new TreeSet<>();
    private final Set<Integer> moving = new TreeSet<>();

    /**
     * A run, and what it was for.
     *
     * @param check the label of the check
     * @param counts whether it says something for or against the application; a search does not
     * @param conversation what was played
     */
    record CheckedRun(String check, Run run, boolean counts, Extended conversation) {}

    /** What was done on this stage and on those that come from it. */
    private static final class Chronicle {
        private final List<CheckedRun> runs = new ArrayList<>();
        private final Map<String, Duration> times = new LinkedHashMap<>();
        private String check = "";
        private long began = System.nanoTime();

        void begin(String next) {
            end();
            check = next;
        }

        void end() {
            if (!check.isEmpty()) {
                times.merge(check, Duration.ofNanos(System.nanoTime() - began), Duration::plus);
            }
            check = "";
            began = System.nanoTime();
        }
    }

    /** @param horizon how long processes that answer differently after a write are waited for to agree */
    LabStage(Site site, Scenario scenario, Control control, Duration horizon, Progress progress) {
        this(
                site,
                Extended.none(scenario),
                Optional.of(control),
                Judge.NONE,
                Manner.USUAL,
                horizon,
                progress,
                new Chronicle(),
                control);
    }

    private LabStage(
            Site site,
            Extended conversation,
            Optional<Control> control,
            Judge judge,
            Manner manner,
            Duration horizon,
            Progress progress,
            Chronicle chronicle,
            Control original) {
        this.site = site;
        this.conversation = conversation;
        this.scenario = conversation.scenario();
        this.control = control;
        this.judge = judge;
        this.manner = manner;
        this.horizon = horizon;
        this.progress = progress;
        this.chronicle = chronicle;
        this.original = original;
    }

    @Override
    public void begin(Check next) {
        chronicle.begin(next.label());
        progress.phase(next.label());
    }

    @Override
    public void ended(CheckOutcome outcome, int leaks) {
        String how =
                switch (outcome.result()) {
                    case PASSED -> "passed";
                    case FAILED -> "failed";
                    case INCONCLUSIVE -> "inconclusive";
                    case NOT_MADE, SKIPPED -> "skipped";
                };
        progress.ended(how + (leaks == 0 ? "" : leaks == 1 ? ", 1 leak" : ", " + leaks + " leaks"));
    }

    /** How long each check has taken so far. */
    Map<String, Duration> times() {
        chronicle.end();
        return new LinkedHashMap<>(chronicle.times);
    }

    @Override
    public Stage agreeing(Extended longer) throws InterruptedException, Spoiled {
        List<Run> alone = new ArrayList<>();
        try {
            ControlRuns.playLonger(site, longer, progress, alone);
        } finally {
            alone.forEach(run -> chronicle.runs.add(new CheckedRun(chronicle.check, run, false, longer)));
        }
        Control learned = Control.learnLonger(alone.stream().map(Run::exchanges).toList());
        return on(longer, Optional.of(learned), Judge.NONE, Manner.FORBEARING);
    }

    @Override
    public Stage judged(Extended longer, Judge by, Caller caller) {
        Manner way =
                switch (caller) {
                    case STRANGER -> Manner.FROM_ELSEWHERE;
                    case USUAL -> Manner.USUAL;
                };
        return on(longer, Optional.empty(), by, way);
    }

    private LabStage on(Extended longer, Optional<Control> learned, Judge by, Manner way) {
        return new LabStage(site, longer, learned, by, way, horizon, progress, chronicle, original);
    }

    @Override
    public SortedSet<Integer> opening() {
        return control().opening();
    }

    @Override
    public ListeningStage listening() throws InterruptedException {
        List<Run> alone = ControlRuns.listening(site, scenario, progress);
        alone.forEach(run -> chronicle.runs.add(new CheckedRun(chronicle.check, run, false, conversation)));
        Control learned = Control.learn(alone.stream().map(Run::exchanges).toList());
        return on(conversation, Optional.of(learned), Judge.NONE, Manner.LISTENING);
    }

    @Override
    public List<Told> told() {
        return control().told();
    }

    @Override
    public Run run(Plan plan) throws InterruptedException {
        tell(plan.name());
        return inTrial(plan, trial -> {
            playOut(trial, plan);
            Run played = trial.run();
            Run run = judge.judge(played).map(played::breaking).orElse(played);
            moving.addAll(trial.moving());
            add(run, control.isPresent() || !judge.equals(Judge.NONE));
            return run;
        });
    }

    private void playOut(Trial trial, Plan plan) throws InterruptedException {
        if (control.isPresent()) {
            trial.playUpTo(plan.steps());
        } else {
            long start = System.nanoTime();
            trial.playUpTo(
                    plan.steps(),
                    exchange -> !isUnanswered(exchange) && System.nanoTime() - start < JUDGED_LIMIT.toNanos());
        }
    }

    /** Whoever does not answer once may take as long for each of the next. */
    private static boolean isUnanswered(Exchange exchange) {
        return exchange.outcome() instanceof Outcome.Failed;
    }

    @Override
    public void disregard(int step) {
        disregarded.add(step);
        control = control.map(known -> known.disregarding(step));
    }

    @Override
    public Set<Integer> moving() {
        return Set.copyOf(moving);
    }

    private void tell(String what) {
        progress.run(conversation.inWords(what), chronicle.runs.size() + 1, 0);
    }

    private void add(Run run, boolean counts) {
        chronicle.runs.add(new CheckedRun(chronicle.check, run, counts, conversation));
    }

    @Override
    public Optional<Settling> settling(Plan differing, int write) throws InterruptedException {
        Plan waiting = differing.named("until all agree");
        tell(waiting.name());
        return inTrial(waiting, trial -> {
            boolean agrees = trial.playUpTo(waiting.steps());
            Optional<Settling> settling = agrees || !trial.run().brokeAt(waiting.steps())
                    ? Optional.empty()
                    : Optional.of(new Settling(horizon, trial.untilAgreed(write, horizon)));
            add(trial.run(), false);
            return settling;
        });
    }

    @FunctionalInterface
    private interface Playing<T> {
        T play(Trial trial) throws InterruptedException;
    }

    private <T> T inTrial(Plan plan, Playing<T> playing) throws InterruptedException {
        return site.despiteFixedPorts(() -> {
            try (Trial trial = site.begin(plan, scenario, control, 0, manner)) {
                return playing.play(trial);
            }
        });
    }

    @Override
    public int mostProcesses() {
        return site.mostProcesses();
    }

    @Override
    public boolean hasWorkers() {
        return site.hasWorkers();
    }

    @Override
    public boolean learn(Run unsplit) {
        // With steps repeated, or one not answered as the scenario asks, it is no control.
        if (!unsplit.plan().repeated().isEmpty()
                || !unsplit.exchanges().stream().allMatch(Exchange::isAsExpected)) {
            return false;
        }
        if (control.isEmpty()) {
            return false;
        }
        Control taught = control.get().with(unsplit.exchanges());
        for (int step : disregarded) {
            taught = taught.disregarding(step);
        }
        // That something is there or not is no noise: in a run that took longer it may have been forgotten.
        if (!control.get().varyingInKind().containsAll(taught.varyingInKind())) {
            return false;
        }
        control = Optional.of(taught);
        return true;
    }

    @Override
    public Duration took(int step) {
        return original.took(conversation.origin(step));
    }

    /** What is known by now of what the application answers; more than at first, where unsplit runs have taught it. */
    Control control() {
        return control.orElseThrow();
    }

    @Override
    public Trace trace(Plan handover, int polluter) throws InterruptedException {
        tell("looking for what step " + polluter + " left");
        Plan search = handover.named("search for what step " + polluter + " left");
        return inTrial(search, trial -> {
            Trace trace =
                    switch (site) {
                        case Lab lab -> new Tracer(lab, trial, scenario, control(), search, polluter).trace();
                        case Elsewhere _ -> arrival(trial, search);
                    };
            add(trial.run(), false);
            return trace;
        });
    }

    @Override
    public Trace residue(Plan plan, Set<Integer> steps) throws InterruptedException {
        Plan search = plan.named("search for what is kept of " + plan.name());
        tell(search.name());
        return switch (site) {
            case Lab lab ->
                inTrial(search, trial -> {
                    playOut(trial, search);
                    add(trial.run(), false);
                    return new Residue(lab, trial).of(search, steps);
                });
            case Elsewhere _ -> Trace.none("instances that run elsewhere cannot be looked into");
        };
    }

    @Override
    public Trace traceOfId(Plan handover, int polluter) throws InterruptedException {
        return switch (site) {
            case Lab lab -> {
                tell("looking for what counts what step " + polluter + " was given");
                Plan search = handover.named("search for what counts what step " + polluter + " was given");
                yield inTrial(search, trial -> {
                    Trace trace = new Tracer(lab, trial, scenario, control(), search, polluter).traceOfId();
                    add(trial.run(), false);
                    return trace;
                });
            }
            case Elsewhere _ -> Trace.none("instances that run elsewhere cannot be looked into");
        };
    }

    /** All that can be known of who cannot be looked into: whether what the last step needs has come by then. */
    private static Trace arrival(Trial trial, Plan plan) throws InterruptedException {
        if (!trial.playUpTo(plan.steps() - 1)) {
            return Trace.none("an earlier step broke this time");
        }
        if (!plan.gaps().containsKey(plan.steps())) {
            return Trace.none("instances that run elsewhere cannot be looked into");
        }
        return Trace.arrival(trial.playUpTo(plan.steps()));
    }

    /**
     * Whether any step is answered in another way when none has gone before it. Plays each as the first of a conversation,
     * the last one first, so that no earlier one has left anything. What is sent on a socket is left out: that it has to be open
     * is no state.
     */
    boolean hasStepThatNeedsAnother() throws InterruptedException {
        Plan plan = Plan.together("each step alone", scenario.steps().size());
        tell(plan.name());
        List<Step> steps = scenario.steps().subList(1, plan.steps()).reversed().stream()
                .filter(step -> !step.request().method().equals(Request.SEND))
                .toList();
        return inTrial(plan, trial -> {
            Target target = trial.instance(plan.seat(1)).target().orElseThrow();
            for (Step step : steps) {
                Exchange alone = trial.conversation(plan.seat(1)).play(step.withPolling(Polling.NONE), target);
                if (!control().comparison().next(alone).isEmpty()) {
                    return true;
                }
            }
            return false;
        });
    }

    /** Plays all steps to one instance that is watched meanwhile, and then asked to end. */
    void watch(Factors factors) throws InterruptedException {
        Plan plan = Factors.plan(scenario.steps().size());
        tell(plan.name());
        inTrial(plan, trial -> {
            Run run = factors.watch(trial);
            add(run, false);
            return run;
        });
    }

    /** What the scenario's answers are when its processes change under it, where that was asked for. */
    List<CheckOutcome> changing(Set<Check> checks, int instances, Duration lease, List<Leak> known)
            throws InterruptedException {
        if (!(site instanceof Lab lab)) {
            return List.of(); // nobody ends what runs elsewhere
        }
        Change change = new Change(lab, scenario, control(), instances, lease, known);
        List<CheckOutcome> outcomes = new ArrayList<>();
        if (checks.contains(Check.DRAIN)) {
            announce(Check.DRAIN);
            outcomes.add(new Draining(lab, scenario, control()).drain());
            ended(outcomes.getLast(), 0);
        }
        if (checks.contains(Check.ROLL)) {
            announce(Check.ROLL);
            outcomes.add(change.roll());
            ended(outcomes.getLast(), 0);
        }
        if (checks.contains(Check.SCALE)) {
            announce(Check.SCALE);
            outcomes.add(change.scale());
            ended(outcomes.getLast(), 0);
        }
        return outcomes;
    }

    private void announce(Check check) {
        begin(check);
        tell(check.label());
    }

    /** Plays all steps to one instance, each to another of its processes than the one before. */
    Run amongProcesses() throws InterruptedException {
        Plan plan = Plan.together(
                "among the processes of one instance", scenario.steps().size());
        tell(plan.name());
        return inTrial(plan, trial -> {
            trial.instance(plan.seat(1)).takeTurns();
            trial.playUpTo(plan.steps());
            Run run = trial.run();
            chronicle.runs.add(new CheckedRun("control", run, false, conversation));
            return run;
        });
    }

    /** All runs so far. */
    List<CheckedRun> runs() {
        return List.copyOf(chronicle.runs);
    }
}
