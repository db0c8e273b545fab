package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.ProcessType;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.isolation.Layer;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** One run of a plan, step by step: what lives while it goes on lives until it is closed. For one thread. */
public final class Trial implements AutoCloseable {
    /** A plan that seats many steps apart must not start them all at once. */
    private static final int STARTED_AHEAD = 6;

    private final Stand stand;
    private final Plan plan;
    private final Scenario scenario;
    private final Lanes lanes;
    private final Set<String> caughtUp = new HashSet<>();
    private final List<Run.Played> played = new ArrayList<>();
    private final List<Run.Killed> kills = new ArrayList<>();
    private final Instant at = Instant.now();
    private Optional<Run.Break> broken = Optional.empty();

    Trial(Stand stand, Plan plan, Scenario scenario, Lanes lanes) {
        this.stand = stand;
        this.plan = plan;
        this.scenario = scenario;
        this.lanes = lanes;
    }

    /** Starts the workers, and the web processes as the plan says. */
    void begin() {
        startWorkers();
        if (plan.startsAhead()) {
            startAhead(1);
        }
    }

    /**
     * Plays the steps up to this one, as far as none has broken yet.
     *
     * @return whether none has broken
     */
    public boolean playUpTo(int last) throws InterruptedException {
        for (int number = played(); broken.isEmpty() && number < last; number = played()) {
            play(scenario.steps().get(number));
        }
        return broken.isEmpty();
    }

    /** How many steps were played. */
    private int played() {
        return (int) played.stream().filter(step -> !step.repeated()).count();
    }

    private void play(Step step) throws InterruptedException {
        Duration pause = plan.pauses().get(step.number());
        if (pause != null) {
            Thread.sleep(pause);
        }
        Seat seat = plan.seat(step.number());
        LabInstance instance = stand.web(seat);
        if (plan.startsAhead()) {
            startAhead(step.number());
        }
        catchUp(seat, instance, step.number());
        Lanes.Compared compared = lanes.play(patient(step), seat, target(instance));
        caughtUp.add(key(seat, step.number()));
        tell(compared.exchange(), instance, false);
        List<Difference> differences = compared.differences();
        if (!differences.isEmpty()) {
            broken = Optional.of(new Run.Break(step.number(), differences));
        }
        Death death = plan.deaths().get(step.number());
        if (death != null) {
            kill(death, step.number());
        }
    }

    private void catchUp(Seat seat, LabInstance instance, int before) throws InterruptedException {
        for (int number : plan.repeated().headSet(before)) {
            if (caughtUp.add(key(seat, number))) {
                Step step = scenario.steps().get(number - 1);
                tell(lanes.play(step, seat, target(instance)).exchange(), instance, true);
            }
        }
    }

    private static String key(Seat seat, int step) {
        return seat.lane() + " in " + seat.process() + " step " + step;
    }

    private void tell(Exchange exchange, LabInstance instance, boolean repeated) {
        played.add(new Run.Played(exchange, instance.name(), instance.pid(), repeated));
    }

    /** A step that polls for what a killed worker had begun has to wait for longer than the scenario can know. */
    private Step patient(Step step) {
        Polling polling = step.polling();
        boolean afterDeath = plan.deaths().keySet().stream().anyMatch(death -> death < step.number());
        if (polling.retries() == 0 || !afterDeath) {
            return step;
        }
        long more = plan.patience().dividedBy(polling.interval().plusMillis(1)) + 1;
        return step.withPolling(
                new Polling((int) Math.min(polling.retries() + more, Polling.MOST_RETRIES), polling.interval()));
    }

    private void startAhead(int from) {
        Set<Seat> seats = new LinkedHashSet<>(plan.seats().subList(from - 1, plan.steps()));
        Set<Integer> processes = new HashSet<>();
        seats.stream()
                .filter(seat -> processes.add(seat.process()))
                .limit(STARTED_AHEAD)
                .forEach(stand::startWeb);
    }

    private void startWorkers() {
        for (ProcessType type : stand.workerTypes()) {
            Layer layer = plan.workersDisk().isPresent()
                    ? stand.disk(plan.workersDisk().getAsInt())
                    : stand.ownDisk(type.name());
            stand.startWorker(type, layer);
        }
    }

    private void kill(Death death, int step) throws InterruptedException {
        Set<Integer> doomed = new HashSet<>();
        switch (death) {
            case OF_ALL -> plan.seats().subList(0, step).forEach(seat -> doomed.add(seat.process()));
            case OF_WHO_ANSWERED -> doomed.add(plan.seat(step).process());
        }
        for (int process : doomed) {
            stand.takeWeb(process).ifPresent(instance -> kill(instance, step));
        }
        stand.takeWorkers().forEach(worker -> kill(worker, step));
        startWorkers();
    }

    private void kill(LabInstance process, int step) {
        if (process.isAlive()) {
            long pid = process.pid();
            kills.add(new Run.Killed(process.name(), pid, step, Instant.now(), process.kill()));
        }
    }

    private static Target target(LabInstance instance) {
        return instance.target().orElseThrow();
    }

    /** The web process of a seat; starts it where it is not there yet. */
    public LabInstance instance(Seat seat) throws InterruptedException {
        return stand.web(seat);
    }

    /** What the user of this seat has done so far, to go on with beside the run. */
    public Conversation conversation(Seat seat) {
        return lanes.copy(seat);
    }

    /** All that live now, web processes and workers. */
    public List<LabInstance> instances() {
        return stand.instances();
    }

    /** What came of it so far. */
    public Run run() {
        return new Run(plan, played, stand.starts(), kills, broken, at, Duration.between(at, Instant.now()));
    }

    /** Ends all its processes, and deletes their disks. */
    @Override
    public void close() {
        stand.close();
    }
}
