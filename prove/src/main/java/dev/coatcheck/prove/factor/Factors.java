package dev.coatcheck.prove.factor;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.formation.application.StopPolicy;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Lab;
import dev.coatcheck.prove.lab.LabInstance;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Rest;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Trial;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Observes an application while it serves a conversation: one process that serves all, twice, and is then asked to end, and
 * another beside it that only starts. For one thread.
 *
 * {@snippet :
 * Factors factors = new Factors(lab);
 * factors.noteStarts(controls);
 * try (Trial trial = lab.begin(Factors.plan(4), scenario, Optional.empty(), 0)) {
 *     factors.watch(trial);
 * }
 * factors.tryWithoutVariables();
 * factors.observations().forEach(System.out::println);
 * }
 */
public final class Factors {
    /** What Docker gives a container, and less than Kubernetes and Heroku give. */
    private static final Duration STOP_LIMIT = Duration.ofSeconds(10);

    /** Of a start that is alone on the machine. */
    private static final Duration START_LIMIT = Duration.ofSeconds(10);

    /** A start that lacks something may try for a while to go without. */
    private static final int TIMES_THE_START = 4;

    private static final Duration LEAST_LIMIT = Duration.ofSeconds(10);

    /** Unless even one that lacks nothing may take longer. */
    private static final Duration MOST_LIMIT = Duration.ofSeconds(30);

    private final Lab lab;
    private final Map<Factor, Observation> observations = new EnumMap<>(Factor.class);
    private Optional<Duration> start = Optional.empty();
    private String obstacle = "the proof did not come to it";

    public Factors(Lab lab) {
        this.lab = lab;
    }

    /** The plan of a trial that is to be watched. */
    public static Plan plan(int steps) {
        return Plan.together("watched for the factors", steps).withBystanders(1);
    }

    /** Takes note of how long the web processes of some runs took to start, each of which had but one. */
    public void noteStarts(List<Run> alone) {
        start = Stream.concat(
                        start.stream(),
                        alone.stream()
                                .flatMap(run -> run.starts().stream())
                                .map(Run.Started::readyAfter)
                                .filter(Duration::isPositive))
                .min(Duration::compareTo);
    }

    /**
     * Plays a trial of such a plan to its end, and asks the process that has served it to end.
     *
     * @return the run as it went
     */
    public Run watch(Trial trial) throws InterruptedException {
        Run beginning = trial.run();
        LabInstance serving = trial.process(beginning.plan().seat(1));
        if (!observations.containsKey(Factor.SAME_CONFIG)) {
            add(environments(trial, serving));
        }
        long written = serving.linesWritten();
        trial.playUpTo(beginning.plan().steps());
        Rest.await(List.of(serving));
        // What is unpacked or compiled at the first use stays for good reason: what the second time leaves each time
        // leaves.
        Optional<InstanceFiles> before = files(serving);
        Optional<Step> end = playAgain(trial, serving);
        Rest.await(List.of(serving));
        Optional<InstanceFiles> after = files(serving);
        if (before.isPresent() && after.isPresent()) {
            ofFiles(after.get().since(before.get()), serving.linesWritten() - written)
                    .map(seen -> end.map(step -> ofAPart(seen, step)).orElse(seen))
                    .forEach(this::add);
        }
        Run run = trial.run();
        if (!observations.containsKey(Factor.STOP)) {
            add(port());
            trial.hangUp();
            add(stop(serving));
        }
        return run;
    }

    /**
     * As somebody new, up to the first answer that the scenario does not ask for.
     *
     * @return the step that was answered so; empty where all were played
     */
    private static Optional<Step> playAgain(Trial trial, LabInstance serving) throws InterruptedException {
        Conversation again = trial.newcomer();
        for (Exchange before : trial.run().exchanges()) {
            Polling polling = before.step().polling();
            int retries = Math.min(polling.retries(), 2 * before.attempts());
            Step step = before.step().withPolling(new Polling(retries, polling.interval()));
            if (!again.play(step, serving.target().orElseThrow()).isAsExpected()) {
                return Optional.of(step);
            }
        }
        return Optional.empty();
    }

    /** What the part up to a step has left counts; that it has left nothing is no praise of the rest. */
    private static Observation ofAPart(Observation seen, Step end) {
        return seen.standing() != Observation.Standing.KEPT
                ? seen
                : Observation.notLookedAt(
                        seen.factor(),
                        "a second conversation in the same process went no further than step " + end.number() + " "
                                + end.title());
    }

    private Observation environments(Trial trial, LabInstance serving) {
        return trial.instances().stream()
                .filter(other -> other != serving && other.target().isPresent())
                .findFirst()
                .map(other -> Environments.compare(serving, other, Environments.names(lab.application())))
                .orElseGet(() -> Observation.notLookedAt(Factor.SAME_CONFIG, "there was no second instance"));
    }

    private static Optional<InstanceFiles> files(LabInstance instance) {
        try {
            return Optional.of(InstanceFiles.of(instance.layer()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private Stream<Observation> ofFiles(InstanceFiles written, long lines) {
        Application application = lab.application();
        Path folder = real(application.folder());
        return Stream.of(
                ownFolder(written.in(folder), folder),
                temporary(written.outside(folder).temporary(application.environment()), folder),
                logs(written.logs(folder), folder, lines));
    }

    /** Logs are told as logs, wherever they lie. */
    private static Observation ownFolder(InstanceFiles own, Path folder) {
        InstanceFiles others = own.withoutLogs(folder);
        if (!others.areNone()) {
            return Observation.notKept(Factor.OWN_FOLDER, "it wrote " + others.inWords(folder));
        }
        return Observation.kept(
                Factor.OWN_FOLDER,
                "nothing" + (own.areNone() ? "" : " but logs") + " was written there while it served");
    }

    private Observation temporary(InstanceFiles left, Path folder) {
        if (!lab.hasDisksOfTheirOwn()) {
            return Observation.notLookedAt(
                    Factor.TEMPORARY_FILES,
                    "this machine allows no disk of its own for each instance, so nobody can tell"
                            + " whose files they are");
        }
        return left.areNone()
                ? Observation.kept(Factor.TEMPORARY_FILES, "none was left after the last response")
                : Observation.notKept(
                        Factor.TEMPORARY_FILES, "after the last response it left " + left.inWords(folder));
    }

    private static Observation logs(InstanceFiles logs, Path folder, long lines) {
        if (!logs.areNone()) {
            return Observation.notKept(Factor.LOGS, "it wrote to " + logs.inWords(folder));
        }
        return lines > 0
                ? Observation.kept(
                        Factor.LOGS,
                        "it wrote " + lines + (lines == 1 ? " line" : " lines")
                                + " to standard output and error while it served, and to no file that is called a log")
                : Observation.notLookedAt(
                        Factor.LOGS,
                        "it logged nothing while it served, neither to standard output nor to a file that is called"
                                + " a log");
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            return folder;
        }
    }

    private static Observation started(Duration start) {
        String seen = "it was ready " + seconds(start) + " after its start";
        return start.compareTo(START_LIMIT) > 0
                ? Observation.notKept(Factor.START, seen)
                : Observation.kept(Factor.START, seen);
    }

    private Observation port() {
        return lab.insistenceOnPort()
                .map(seen -> Observation.notKept(Factor.PORT, seen))
                .orElseGet(() -> Observation.kept(Factor.PORT, "it listened where PORT told it to"));
    }

    private Observation stop(LabInstance serving) throws InterruptedException {
        if (!serving.isAlive()) {
            return Observation.notLookedAt(
                    Factor.STOP, "it had ended by itself before it was asked to" + serving.lastLines());
        }
        StopPolicy policy = lab.application().stopPolicy(ProcessType.WEB);
        Duration limit = policy.limit().orElse(STOP_LIMIT);
        Optional<Duration> took = serving.terminate(policy.signal(), limit);
        String asked = "SIG" + policy.signal();
        return took.map(after -> Observation.kept(Factor.STOP, "it was gone " + seconds(after) + " after " + asked))
                .orElseGet(() -> Observation.notKept(
                        Factor.STOP,
                        "it was still there " + limit.toSeconds() + " s after " + asked + ", and had to be killed"));
    }

    /** Starts it without variables that it needs, as often as there is something to learn from that. */
    public void tryWithoutVariables() throws InterruptedException {
        if (start.isEmpty()) {
            return; // how long it takes when nothing is missing is not known
        }
        try {
            add(new RequiredVariables(lab, patience(start.get(), lab.startLimit())).look());
        } catch (InconclusiveException e) {
            add(Observation.notLookedAt(Factor.CONFIG, "it could not be tried: " + e.reason()));
        }
    }

    /**
     * How long a start that lacks something is waited for: in any case so long that one which needs nothing more than usual
     * comes up, and no longer than any start.
     */
    static Duration patience(Duration start, Duration startLimit) {
        Duration some = Collections.min(List.of(MOST_LIMIT, start.multipliedBy(TIMES_THE_START)));
        Duration least = start.plus(start.dividedBy(2));
        return Collections.min(List.of(startLimit, Collections.max(List.of(LEAST_LIMIT, some, least))));
    }

    /** Notes why it could not be watched. */
    public void couldNot(String why) {
        obstacle = "it could not be tried: " + why;
    }

    private void add(Observation observation) {
        observations.merge(observation.factor(), observation, Observation::and);
    }

    /** What there is to say of each factor, in the order of the enum. */
    public List<Observation> observations() {
        start.ifPresent(known -> observations.put(Factor.START, started(known)));
        for (Factor factor : Factor.values()) {
            observations.putIfAbsent(factor, Observation.notLookedAt(factor, obstacle));
        }
        return List.copyOf(observations.values());
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, time.toMillis() < 10_000 ? "%.1f s" : "%.0f s", time.toMillis() / 1000.0);
    }
}
