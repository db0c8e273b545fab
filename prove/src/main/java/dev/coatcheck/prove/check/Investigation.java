package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Goes through the checks with one scenario. Each leak that is found is allowed for from then on, since one hides another:
 * behind a session in memory nobody sees an upload on the disk. For one thread.
 *
 * {@snippet :
 * Findings findings = new Investigation(stage, scenario, 3, lease).investigate(EnumSet.allOf(Check.class));
 * }
 */
public final class Investigation {
    /** What a step leaves wherever it is played, so that playing it everywhere makes up for it. */
    private static final Set<Cause> LEFT_WHERE_PLAYED =
            EnumSet.of(Cause.MEMORY, Cause.LOCAL_FILE, Cause.CACHED_FILE, Cause.PROCESS_SECRET);

    /** So many differences without a cause are a reason to doubt all. */
    private static final int MOST_PASSED_OVER = 3;

    private final Stage stage;
    private final Extended conversation;
    private final Scenario scenario;
    private final int instances;
    private final Duration lease;
    private final Examination examination;
    private final List<Leak> leaks = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final Set<Integer> passedOver = new TreeSet<>();
    private Allowances allowances;

    /**
     * @param instances how many processes serve the scenario together, at least two
     * @param lease how long after a kill another process may take up what the killed one had begun
     */
    public Investigation(Stage stage, Scenario scenario, int instances, Duration lease) {
        this(stage, Extended.none(scenario), instances, lease, Allowances.NONE);
    }

    /**
     * @param conversation what is played
     * @param allowances for what is known already, in the conversation
     */
    Investigation(Stage stage, Extended conversation, int instances, Duration lease, Allowances allowances) {
        this.stage = stage;
        this.conversation = conversation;
        this.scenario = conversation.scenario();
        this.instances = instances;
        this.lease = lease;
        this.examination = new Examination(stage, scenario);
        this.allowances = allowances;
    }

    /** Makes those of the checks that are about state, in the order of the enum. */
    public Findings investigate(Collection<Check> checks) throws InterruptedException {
        List<CheckOutcome> outcomes = new ArrayList<>();
        for (Check check :
                checks.stream().filter(Check::isAboutState).sorted().distinct().toList()) {
            int known = leaks.size();
            CheckOutcome outcome = outcome(check);
            stage.ended(outcome, leaks.size() - known);
            outcomes.add(outcome);
        }
        return new Findings(outcomes, leaks, notes);
    }

    private CheckOutcome outcome(Check check) throws InterruptedException {
        stage.begin(check);
        return switch (check) {
            case SPREAD, AMNESIA, RESTART, CRASH -> split(check);
            case AGREE -> agree();
            case AGAIN -> again();
            case SOCKETS -> sockets();
            case DRAIN, ROLL, SCALE, FACTORS ->
                throw new IllegalArgumentException(check.label() + " is not about state");
        };
    }

    private CheckOutcome agree() throws InterruptedException {
        try {
            Findings agree = new Agree(stage, scenario, instances, lease, allowances).find();
            agree.leaks().forEach(this::add);
            notes.addAll(agree.notes());
            return agree.checks().getFirst();
        } catch (InconclusiveException e) {
            return new CheckOutcome(Check.AGREE, Result.INCONCLUSIVE, e.reason());
        }
    }

    private CheckOutcome again() throws InterruptedException {
        try {
            Findings again = new Again(stage, scenario, instances, leaks).find();
            again.leaks().forEach(this::add);
            notes.addAll(again.notes());
            return again.checks().getFirst();
        } catch (InconclusiveException e) {
            return new CheckOutcome(Check.AGAIN, Result.INCONCLUSIVE, e.reason());
        }
    }

    private CheckOutcome sockets() throws InterruptedException {
        try {
            Findings sockets = new Sockets(stage, scenario, allowances, leaks, lease).find();
            sockets.leaks().forEach(this::add);
            notes.addAll(sockets.notes());
            return sockets.checks().getFirst();
        } catch (InconclusiveException e) {
            return new CheckOutcome(Check.SOCKETS, leaks.isEmpty() ? Result.INCONCLUSIVE : Result.SKIPPED, e.reason());
        }
    }

    private CheckOutcome split(Check check) throws InterruptedException {
        List<Plan> plans = check.plans(scenario, instances, lease, stage.mostProcesses());
        if (plans.isEmpty()) {
            // All others part any two steps, and there are two at least.
            return new CheckOutcome(check, Result.SKIPPED, "no step but the last changes anything");
        }
        CheckOutcome outcome = outcome(check, plans);
        String economy = check.economy(scenario, plans);
        if (economy.isEmpty()) {
            return outcome;
        }
        if (outcome.result() == Result.PASSED) {
            return new CheckOutcome(check, Result.PASSED, check.done() + "; " + economy);
        }
        // What lies behind a leak was not looked for after those steps either.
        notes.add(check.label() + ": " + economy);
        return outcome;
    }

    List<Leak> leaks() {
        return leaks;
    }

    List<String> notes() {
        return notes;
    }

    /** The steps that differed by chance, and behind which it was looked all the same. */
    Set<Integer> passedOver() {
        return passedOver;
    }

    CheckOutcome outcome(Check check, List<Plan> plans) throws InterruptedException {
        List<Failure> failures = new ArrayList<>();
        List<String> doubts = new ArrayList<>();
        try {
            goThrough(check, plans, failures, doubts);
        } catch (InconclusiveException e) {
            doubts.add(e.reason());
        }
        if (!failures.isEmpty()) {
            Failure telling = failures.stream()
                    .filter(failure -> failure.explained().isEmpty())
                    .findFirst()
                    .orElse(failures.getFirst());
            return new CheckOutcome(check, Result.FAILED, telling.why(), telling.explained());
        }
        return doubts.isEmpty()
                ? new CheckOutcome(check, Result.PASSED, "")
                : new CheckOutcome(check, Result.INCONCLUSIVE, doubts.getFirst());
    }

    /** @param explained the step that broke, where what is known already explains it */
    private record Failure(String why, OptionalInt explained) {
        static Failure of(Run run) {
            return new Failure(broken(run), OptionalInt.empty());
        }

        static Failure explained(Run run) {
            return new Failure(
                    broken(run), OptionalInt.of(run.broken().orElseThrow().step()));
        }
    }

    private void goThrough(Check check, List<Plan> plans, List<Failure> failures, List<String> doubts)
            throws InterruptedException {
        for (Plan plan : plans) {
            // Once the check has failed, only what lies behind the known leaks is of interest.
            Run run = failures.isEmpty() ? first(plan) : stage.run(allowances.in(plan));
            if (run.broken().isPresent()) {
                follow(check, plan, run, failures, doubts);
            }
        }
    }

    /** That what is known to be missing does not come was waited for already, and is not again. */
    private Run first(Plan plan) throws InterruptedException {
        if (leaks.stream().noneMatch(leak -> polls(leak.victim()))) {
            return stage.run(plan);
        }
        Run hasty = stage.run(Confirmation.hasty(plan));
        boolean unknown = hasty.broken()
                .map(Run.Break::step)
                .filter(step -> polls(step) && leaks.stream().noneMatch(leak -> leak.victim() == step))
                .isPresent();
        return unknown ? stage.run(plan) : hasty;
    }

    private boolean polls(int step) {
        return scenario.steps().get(step - 1).polling().retries() > 0;
    }

    /** Follows a run that broke until nothing new is behind it. */
    private void follow(Check check, Plan plan, Run first, List<Failure> failures, List<String> doubts)
            throws InterruptedException {
        Run run = first;
        if (!allowances.areNone() && failures.isEmpty()) {
            failures.add(Failure.of(first));
            run = stage.run(allowances.in(plan));
            if (isExplained(first, run)) {
                failures.set(0, Failure.explained(first));
            }
        }
        int steps = scenario.steps().size();
        for (int found = 0; run.broken().isPresent() && found < 2 * steps; found++) {
            int step = run.broken().get().step();
            Optional<Leak> leak = examination.examine(check, plan, allowances, run);
            if (leak.isPresent()) {
                failures.add(Failure.of(run));
                add(leak.get());
            } else if (examination.hasLearned()) {
                run = stage.run(allowances.in(plan));
                continue;
            } else if (allowances.repeated().isEmpty()) {
                notes.add(broken(run) + " (" + how(run) + "), " + examination.doubt() + wrote(run));
                if (check != Check.AGREE || passedOver.size() == MOST_PASSED_OVER) {
                    doubts.add(notes.getLast());
                    return;
                }
                // One of many reads, which was late or moved by itself, is no reason to doubt all the others.
                passedOver.add(step);
                stage.disregard(step);
                run = stage.run(allowances.in(plan));
                continue;
            }
            Optional<Run> further = leak.isPresent() ? allowFor(leak.get(), plan) : keepTogetherUpTo(step, plan);
            if (further.isEmpty()) {
                notes.add("what may lie behind step " + step
                        + " was not looked for, because nothing makes up for what it misses");
                return;
            }
            run = further.get();
        }
        if (run.broken().isPresent() && failures.isEmpty()) {
            doubts.add(broken(run) + ", and each time it was tried in another way");
            notes.add(doubts.getLast());
        }
    }

    /** Whether what is known is why a run broke: its victim did, or all is well there with the known leaks allowed for. */
    private boolean isExplained(Run run, Run allowing) {
        int step = run.broken().orElseThrow().step();
        return leaks.stream().anyMatch(leak -> leak.victim() == step)
                || allowing.broken().filter(other -> other.step() <= step).isEmpty();
    }

    /**
     * A step that differs wherever a known polluter was repeated, split or not, needs what lies in the very state that the
     * polluter first made: a cart in a session. That is no further leak, and no further split either.
     */
    private Optional<Run> keepTogetherUpTo(int step, Plan plan) throws InterruptedException {
        notes.add("step " + step + " was not parted from the steps before it, since it goes with what step "
                + allowances.repeated().last() + " left");
        Allowances way = allowances.tying(IntStream.rangeClosed(1, step).boxed().toList());
        return goOn(way, plan, step);
    }

    private Optional<Run> goOn(Allowances way, Plan plan, int victim) throws InterruptedException {
        Run run = stage.run(way.in(plan));
        if (run.broken().isPresent() && run.broken().get().step() <= victim) {
            return Optional.empty();
        }
        allowances = way;
        return Optional.of(run);
    }

    private static String broken(Run run) {
        return run.plan().name() + ": step " + run.broken().orElseThrow().step() + " broke";
    }

    private static String how(Run run) {
        return Difference.mostTelling(run.broken().orElseThrow().differences())
                .inWords("with one process", "with several");
    }

    /** By itself the process may tell what nobody can tell from outside, as two that make the same table at once do. */
    private static String wrote(Run run) {
        List<String> lines = run.broken().orElseThrow().wrote();
        return lines.isEmpty() ? "" : "; who answered wrote meanwhile:\n  " + String.join("\n  ", lines);
    }

    private void add(Leak leak) {
        boolean known = leaks.stream()
                .anyMatch(other -> other.cause() == leak.cause()
                        && other.polluter().equals(leak.polluter())
                        && (leak.polluter().isPresent() || other.victim() == leak.victim()));
        if (!known) {
            leaks.add(leak);
        } else if (leak.polluter().isPresent() && leaks.stream().noneMatch(other -> isSameStep(other, leak))) {
            notes.add("step " + leak.victim() + " too needs what step "
                    + leak.polluter().getAsInt() + " left");
        }
    }

    /** For a reader, who knows the scenario alone: two victims of a longer conversation may be the same step of that. */
    private boolean isSameStep(Leak one, Leak other) {
        return conversation.origin(one.victim()) == conversation.origin(other.victim());
    }

    /**
     * Finds a way to go on with the plan in spite of the leak: what the polluter leaves is left in every process, or else
     * polluter and victim are no longer parted.
     *
     * @return how the plan went with it; empty where there is no way
     */
    private Optional<Run> allowFor(Leak leak, Plan plan) throws InterruptedException {
        if (leak.polluter().isEmpty()) {
            return Optional.empty();
        }
        int polluter = leak.polluter().getAsInt();
        List<Allowances> ways = new ArrayList<>();
        if (LEFT_WHERE_PLAYED.contains(leak.cause()) && !allowances.repeated().contains(polluter)) {
            ways.add(allowances.repeating(polluter));
        }
        ways.add(allowances.tying(List.of(polluter, leak.victim())));
        ways.add(allowances.tying(List.of(polluter, leak.victim())).withWorkersAt(polluter));
        for (Allowances way : ways) {
            Optional<Run> run = goOn(way, plan, leak.victim());
            if (run.isPresent()) {
                return run;
            }
        }
        return Optional.empty();
    }
}
