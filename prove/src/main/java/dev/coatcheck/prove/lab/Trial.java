package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.play.Conversation;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One run of a plan, step by step: what lives while it goes on lives until it is closed. For one thread. */
public final class Trial implements AutoCloseable {
    /** A plan that seats many steps apart must not start them all at once, whatever it is that they take. */
    static final int STARTED_AHEAD = 6;

    /** So many that no later step needs live on, for what they still do: a process that is needed no more is not killed. */
    private static final int IDLE_AT_MOST = 4;

    private final Processes processes;
    private final Plan plan;
    private final Scenario scenario;
    private final RunUser user;
    private final int mostAhead;
    private final Forbearance forbearance;
    private final Optional<Listening> listening;

    /** What was played in each process that lives, by lane and step. */
    private final Map<Integer, Set<LaneStep>> caughtUp = new HashMap<>();

    /** Who starts ahead and serves nothing. */
    private final List<Seat> bystanders;

    private final List<Run.Played> played = new ArrayList<>();
    private final List<Run.Killed> kills = new ArrayList<>();
    private final Instant at = Instant.now();
    private Optional<Run.Break> broken = Optional.empty();
    private int ahead = STARTED_AHEAD;
    private int livedAtOnce;
    private long lastBegun = System.nanoTime();

    private record LaneStep(int lane, int step) {}

    /**
     * @param mostAhead how many web processes may be started ahead where the memory has room for them
     */
    Trial(Processes processes, Plan plan, Scenario scenario, RunUser user, int mostAhead, Manner manner) {
        this.processes = processes;
        this.plan = plan;
        this.scenario = scenario;
        this.user = user;
        this.mostAhead = mostAhead;
        this.forbearance = new Forbearance(processes, plan, scenario, user, manner.grace());
        boolean alone = plan.processes() == 1 && plan.deaths().isEmpty();
        this.listening = manner.listening() ? Optional.of(new Listening(user, alone)) : Optional.empty();
        int first = 1 + plan.seats().stream().mapToInt(Seat::process).max().orElse(0);
        this.bystanders = IntStream.range(first, first + plan.bystanders())
                .mapToObj(Seat::at)
                .toList();
    }

    /**
     * Starts the workers, and the web processes as the plan says. Those that start ahead are awaited, so that the time
     * between two steps is that of the conversation and not that of starts.
     */
    void begin() throws InterruptedException {
        processes.startWorkers(plan.workersDisk());
        bystanders.forEach(processes::startWeb);
        if (plan.startsAhead()) {
            awaitAhead();
            if (plan.seats().stream().map(Seat::process).distinct().count() > ahead) {
                ahead += Math.min(mostAhead - ahead, Room.forMoreLike(processes.instances()));
                awaitAhead();
            }
        }
        for (Seat seat : bystanders) {
            processes.web(seat);
        }
        processes.awaitWorkers();
    }

    private void awaitAhead() throws InterruptedException {
        for (Seat seat : startAhead(1)) {
            processes.web(seat);
        }
    }

    /**
     * Plays the steps up to this one, as far as none has broken yet. Where that is the last step of the plan, processes that
     * no later step needs end on the way, so that a long plan does not hold one for each step; before that all live on, for
     * who wants to look into them between the steps.
     *
     * @return whether none has broken
     */
    public boolean playUpTo(int last) throws InterruptedException {
        return playUpTo(last, _ -> true);
    }

    /**
     * As above, and no further than to the first step whose exchange says so.
     *
     * @param goesOn asked after each step
     */
    public boolean playUpTo(int last, Predicate<Exchange> goesOn) throws InterruptedException {
        boolean on = true;
        for (int number = played(); on && broken.isEmpty() && number < last; number = played()) {
            Step step = scenario.steps().get(number);
            boolean whole = last == plan.steps();
            // Who stops on the way looks for what a step left, and compares with a process that has served nothing yet.
            if (whole && !step.request().isSafe() && !plan.repeated().contains(step.number())) {
                catchUpAll(step.number());
            }
            play(step);
            if (whole) {
                endSpare(number + 1);
            }
            on = goesOn.test(played.getLast().exchange());
        }
        return broken.isEmpty();
    }

    /** How many steps were played. */
    private int played() {
        return (int) played.stream().filter(step -> !step.repeated()).count();
    }

    private void play(Step step) throws InterruptedException {
        Duration gap = plan.gaps().getOrDefault(step.number(), Duration.ZERO);
        Thread.sleep(Duration.ofNanos(lastBegun + gap.toNanos() - System.nanoTime()));
        Seat seat = plan.seat(step.number());
        Instance instance = processes.web(seat);
        processes.awaitWorkers();
        if (plan.startsAhead()) {
            startAhead(step.number());
        }
        livedAtOnce = Math.max(livedAtOnce, processes.webProcesses().size());
        catchUp(seat, instance, step.number());
        Death death = plan.deaths().get(step.number());
        Set<Integer> doomed = death == null ? Set.of() : doomed(death, step.number());
        List<Victim> victims = death == null ? List.of() : victims(doomed);
        long written = instance.linesWritten();
        Exchange exchange = user.play(patient(step), seat, target(instance));
        if (death == Death.OF_ALL_AT_REST) {
            Rest.await(victims.stream().map(Victim::instance).toList());
        }
        // Before anything else: what the application does after its answer is not to be done.
        victims.forEach(Victim::strike);
        // Not before the search for a connection: a while after a write is a while after it was sent.
        lastBegun = System.nanoTime() - exchange.took().toNanos();
        // A message goes where its socket is, wherever the step was to be played.
        tell(exchange, served(exchange, instance), false);
        caughtUp(seat).add(new LaneStep(seat.lane(), step.number()));
        if (death != null) {
            caughtUp.keySet().removeAll(doomed);
            bury(victims, step.number());
        }
        List<Difference> differences = user.compare(exchange, seat);
        if (listening.isPresent()) {
            List<Difference> missing = listen(listening.get(), exchange, seat);
            differences = differences.isEmpty() ? missing : differences;
        }
        if (!differences.isEmpty() && !forbearance.passes(step, seat)) {
            List<String> wrote = hasFailed(exchange) ? instance.linesSince(written) : List.of();
            broken = Optional.of(new Run.Break(step.number(), differences, wrote));
        }
    }

    private List<Difference> listen(Listening ear, Exchange exchange, Seat seat) throws InterruptedException {
        List<Difference> missing = user.isCompared() ? ear.missing(exchange, seat) : List.of();
        boolean last = exchange.step().number() == plan.steps();
        Exchange heard = user.isCompared() ? ear.heard(exchange) : ear.learn(exchange, last);
        played.set(played.size() - 1, played.getLast().withExchange(heard));
        return missing;
    }

    private Instance served(Exchange exchange, Instance seated) throws InterruptedException {
        String name = exchange.target().instance();
        for (Seat seat : plan.seats()) {
            if (!seated.name().equals(name) && processes.webProcesses().contains(seat.process())) {
                Instance other = processes.web(seat);
                if (other.name().equals(name)) {
                    return other;
                }
            }
        }
        return seated;
    }

    private Seat seatOf(int process) {
        return plan.seats().stream()
                .filter(seat -> seat.process() == process)
                .findFirst()
                .orElseThrow();
    }

    private static boolean hasFailed(Exchange exchange) {
        return exchange.response().map(response -> response.status() >= 500).orElse(true);
    }

    /**
     * What changes something comes after what was repeated, in all who serve later too: who repeated the making of a thing
     * after its deletion would have it again.
     */
    private void catchUpAll(int before) throws InterruptedException {
        for (Seat seat : new LinkedHashSet<>(plan.seats().subList(before - 1, plan.steps()))) {
            if (processes.webProcesses().contains(seat.process())) {
                catchUp(seat, processes.web(seat), before);
            }
        }
    }

    /** The steps that differed and were let pass, since who served the last write differed as well. */
    public Set<Integer> moving() {
        return forbearance.moving();
    }

    /**
     * Sends the step that broke, a safe one, again and again to who answered it.
     *
     * @return how long after this step was answered it is answered as in the control; empty where it is not within the limit
     */
    public Optional<Duration> untilAgreed(int write, Duration limit) throws InterruptedException {
        int number = broken.orElseThrow().step();
        return forbearance.agreesWithin(limit, scenario.steps().get(number - 1), plan.seat(number))
                ? Optional.of(Duration.between(answered(write), Instant.now()))
                : Optional.empty();
    }

    private Instant answered(int step) {
        return run().exchanges().stream()
                .filter(exchange -> exchange.step().number() == step)
                .map(exchange -> exchange.at().plus(exchange.took()))
                .reduce(at, (earlier, later) -> later);
    }

    private void catchUp(Seat seat, Instance instance, int before) throws InterruptedException {
        for (int number : plan.repeated().headSet(before)) {
            if (caughtUp(seat).add(new LaneStep(seat.lane(), number))) {
                Exchange exchange = user.play(scenario.steps().get(number - 1), seat, target(instance));
                tell(exchange, instance, true);
                user.compare(exchange, seat);
            }
        }
    }

    private Set<LaneStep> caughtUp(Seat seat) {
        return caughtUp.computeIfAbsent(seat.process(), process -> new HashSet<>());
    }

    private void tell(Exchange exchange, Instance instance, boolean repeated) {
        played.add(new Run.Played(exchange, instance.name(), instance.servingPid(), repeated));
    }

    /** A step that polls for what a killed worker had begun has to wait for longer than the scenario can know. */
    private Step patient(Step step) {
        return plan.isAfterDeath(step.number())
                ? step.withPolling(step.polling().longerBy(plan.patience()))
                : step;
    }

    /** Of the steps, in their order, and after them of those that serve none. */
    private Stream<Seat> seats() {
        return Stream.concat(plan.seats().stream(), bystanders.stream());
    }

    /** Begins to start the processes that come next, and says which these are. */
    private List<Seat> startAhead(int from) {
        Set<Integer> begun = new HashSet<>();
        List<Seat> next = plan.seats().stream()
                .skip(from - 1)
                .filter(seat -> begun.add(seat.process()))
                .limit(ahead)
                .toList();
        next.forEach(processes::startWeb);
        return next;
    }

    /** Ends the longest idle of the processes that no step after this one needs, and gives up their disks. */
    private void endSpare(int step) throws InterruptedException {
        List<Seat> later = plan.seats().subList(step, plan.steps());
        Set<Integer> needed = later.stream().map(Seat::process).collect(Collectors.toSet());
        Set<Integer> idle = new LinkedHashSet<>();
        for (Seat seat : plan.seats().subList(0, step).reversed()) {
            if (!needed.contains(seat.process()) && processes.webProcesses().contains(seat.process())) {
                idle.add(seat.process());
            }
        }
        for (int process : idle.stream().skip(IDLE_AT_MOST).toList()) {
            String name = processes.web(seatOf(process)).name();
            processes.retire(process);
            user.sockets().closeThoseOf(name);
        }
        Set<Integer> disks = later.stream().map(Seat::disk).collect(Collectors.toSet());
        plan.workersDisk().ifPresent(disks::add);
        seats().filter(seat -> processes.webProcesses().contains(seat.process()))
                .forEach(seat -> disks.add(seat.disk()));
        processes.disks().stream().filter(disk -> !disks.contains(disk)).forEach(processes::giveUpDisk);
    }

    private Set<Integer> doomed(Death death, int step) {
        return switch (death) {
            case OF_ALL, OF_ALL_AT_REST ->
                plan.seats().subList(0, step).stream().map(Seat::process).collect(Collectors.toSet());
            case OF_WHO_ANSWERED -> Set.of(plan.seat(step).process());
        };
    }

    /** Takes these processes and the workers from the stand, to kill them. */
    private List<Victim> victims(Set<Integer> doomed) throws InterruptedException {
        List<Victim> victims = new ArrayList<>();
        for (int process : doomed) {
            processes
                    .takeWeb(process)
                    .filter(LabInstance::isAlive)
                    .map(Victim::new)
                    .ifPresent(victims::add);
        }
        processes.takeWorkers().stream()
                .filter(LabInstance::isAlive)
                .map(Victim::new)
                .forEach(victims::add);
        return victims;
    }

    /** Waits until nothing is left of them, and gives the workers their successors. */
    private void bury(List<Victim> victims, int step) {
        victims.forEach(victim -> user.sockets().closeThoseOf(victim.instance().name()));
        kills.addAll(Parallel.map(victims, victim -> victim.bury(step)));
        processes.giveUpWorkersDisks();
        processes.startWorkers(plan.workersDisk());
    }

    private static Target target(Instance instance) {
        return instance.target().orElseThrow();
    }

    /** The web process of a seat; starts it where it is not there yet. */
    public Instance instance(Seat seat) throws InterruptedException {
        return processes.web(seat);
    }

    /** The same, of a trial in a {@link Lab}. */
    public LabInstance process(Seat seat) throws InterruptedException {
        if (instance(seat) instanceof LabInstance own) {
            return own;
        }
        throw new IllegalStateException("an instance that runs elsewhere is no process of this trial");
    }

    /** What the user of this seat has done so far, to go on with beside the run. */
    public Conversation conversation(Seat seat) {
        return user.copy(seat);
    }

    /** Somebody else, who has done nothing yet; what that one leaves open is closed with the trial, or by {@link #hangUp}. */
    public Conversation newcomer() {
        return user.another();
    }

    /** The address that its requests come from, where it is one of their own. */
    public Optional<String> callerAddress() {
        return user.callerAddress();
    }

    /** Closes the sockets and streams that its users have left open, as they do when they leave a page. */
    public void hangUp() {
        user.close();
    }

    /** All that it has started and that live now, web processes and workers. */
    public List<LabInstance> instances() {
        return processes.instances();
    }

    /** What came of it so far. */
    public Run run() {
        return new Run(
                plan,
                played,
                processes.starts(),
                kills,
                livedAtOnce,
                broken,
                at,
                Duration.between(at, Instant.now()),
                processes.weaknesses());
    }

    /** Ends all its processes, and deletes their disks. */
    @Override
    public void close() {
        user.close();
        processes.close();
    }
}
