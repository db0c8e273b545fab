package dev.coatcheck.prove.check;

import dev.coatcheck.prove.check.Trace.Remembered;
import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.compare.Told;
import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.InconclusiveException;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import java.net.URI;
import java.nio.charset.StandardCharsets;
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
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * An application whose every step leaves or needs state of a given kind, so that plans can be tried by the thousand. What
 * it does with processes, disks and kills is what a real one does.
 */
final class SimulatedApplication implements ListeningStage {
    /** What steps do; the first to fail ends a run. */
    interface Behaviour {
        boolean answersWell(World world, Seat seat, String lane);
    }

    /** As a behaviour, where more than well or not is answered. */
    interface Answering {
        /** What a request is answered; nothing where it stays without an answer. */
        Optional<Response> answer(World world, Seat seat, Step step);
    }

    /** What lives where. */
    static final class World {
        Optional<Caller> caller = Optional.empty();

        final Map<Integer, Set<String>> memories = new HashMap<>();
        final Map<Integer, Set<String>> disks = new HashMap<>();
        final Set<String> store = new HashSet<>();
        /** Written soon, as long as the process lives. */
        final Map<String, Integer> underWay = new HashMap<>();

        /** Which step was played in which lane and process. */
        final Set<String> served = new HashSet<>();

        String lane = "";
        int workersDisk = -1;
        Duration patience = Duration.ZERO;
        final Set<Integer> killedAfter = new HashSet<>();

        Set<String> memory(Seat seat) {
            return memories.computeIfAbsent(seat.process(), process -> new HashSet<>(disk(seat.disk())));
        }

        Set<String> disk(int number) {
            return disks.computeIfAbsent(number, disk -> new HashSet<>());
        }
    }

    private final Scenario scenario;
    private final Map<Integer, Answering> behaviours = new HashMap<>();
    private Optional<Judge> judge = Optional.empty();
    private Optional<Caller> caller = Optional.empty();
    private UnaryOperator<String> inWords = UnaryOperator.identity();

    /** What fails in one process already, where it is asked before its time. */
    private final Set<Integer> failing = new HashSet<>();

    List<Run> runs = new ArrayList<>();
    /** What the runs are called in a report. */
    Set<String> names = new LinkedHashSet<>();

    /** Of what nothing is concluded any more, and what moves for everybody. */
    private final Set<Integer> disregarded = new HashSet<>();

    Set<Integer> moving = Set.of();

    /** How long each step takes. */
    Duration took = Duration.ZERO;

    Remembered remembered = Remembered.YES;
    boolean hasWorkers = true;
    /** What was sent again until it agreed. */
    List<String> settled = new ArrayList<>();
    /** From which run on no instance starts any more. */
    int endsAfter = Integer.MAX_VALUE;
    /** How many of the conversations that confirm unsplit vary by themselves in a way that the control had not shown. */
    int lessons;

    /** After which step a socket hears something, where its process plays that step, by the step that opens it. */
    final Map<Integer, Integer> sockets = new TreeMap<>();

    /** What a socket is told of by its own step, by the step that opens it: the step before that left it. */
    final Map<Integer, Integer> greetings = new TreeMap<>();

    /** The sockets whose messages turn out to vary, as soon as there is something to learn. */
    final Set<Integer> varying = new HashSet<>();

    /** The sockets whose messages come without anybody's doing as well. */
    final Set<Integer> beating = new HashSet<>();

    /** Whether what a socket hears comes to it wherever it is. */
    boolean everywhere;

    private boolean listens;

    SimulatedApplication(Scenario scenario) {
        this.scenario = scenario;
    }

    SimulatedApplication step(int number, Behaviour behaviour) {
        return answering(number, answering(behaviour));
    }

    SimulatedApplication answering(int number, Answering behaviour) {
        behaviours.put(number, behaviour);
        return this;
    }

    private static Answering answering(Behaviour behaviour) {
        return (world, seat, step) -> Optional.of(status(behaviour.answersWell(world, seat, world.lane) ? 200 : 401));
    }

    static Response status(int status) {
        return new Response(status, List.of(), Content.of(new byte[0]));
    }

    static Response json(String json) {
        return new Response(
                200,
                List.of(new Header("Content-Type", "application/json")),
                Content.of(json.getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public Stage agreeing(Extended conversation) throws Spoiled {
        SimulatedApplication longer = longer(conversation);
        longer.judge = Optional.of(Judge.NONE);
        longer.runs = new ArrayList<>();
        Run alone = longer.run(
                Plan.together("control", conversation.scenario().steps().size()));
        for (Exchange exchange : alone.exchanges()) {
            int number = exchange.step().number();
            if (!conversation.isAdded(number) && !exchange.isAsExpected()) {
                throw new Spoiled(
                        number, "step " + number + " broke", alone.exchanges().subList(0, number - 1));
            }
            if (exchange.response().orElseThrow().status() != 200) {
                longer.failing.add(number);
            }
        }
        longer.judge = Optional.empty();
        longer.runs = runs;
        return longer;
    }

    private SimulatedApplication longer(Extended conversation) {
        SimulatedApplication longer = new SimulatedApplication(conversation.scenario());
        for (Step step : conversation.scenario().steps()) {
            longer.answering(step.number(), behaviour(conversation.origin(step.number())));
        }
        longer.runs = runs;
        longer.names = names;
        longer.inWords = conversation::inWords;
        longer.settled = settled;
        longer.remembered = remembered;
        longer.hasWorkers = hasWorkers;
        longer.endsAfter = endsAfter;
        longer.moving = moving;
        return longer;
    }

    @Override
    public Stage judged(Extended conversation, Judge by, Caller from) {
        SimulatedApplication judged = longer(conversation);
        judged.judge = Optional.of(by);
        judged.caller = Optional.of(from);
        return judged;
    }

    @Override
    public void disregard(int step) {
        disregarded.add(step);
    }

    @Override
    public Set<Integer> moving() {
        return moving;
    }

    @Override
    public SortedSet<Integer> opening() {
        return new TreeSet<>(sockets.keySet());
    }

    @Override
    public ListeningStage listening() {
        SimulatedApplication listening = longer(Extended.none(scenario));
        listening.sockets.putAll(sockets);
        listening.greetings.putAll(greetings);
        listening.varying.addAll(varying);
        listening.beating.addAll(beating);
        listening.everywhere = everywhere;
        listening.listens = true;
        listening.lessons = lessons;
        return listening;
    }

    @Override
    public List<Told> told() {
        return sockets.entrySet().stream()
                .map(socket -> new Told(socket.getKey(), socket.getValue(), beating.contains(socket.getKey())))
                .toList();
    }

    private Optional<Difference> unheard(Plan plan, int step) {
        return sockets.entrySet().stream()
                .filter(socket -> listens
                        && !everywhere
                        && socket.getValue() == step
                        && plan.seat(greetings.getOrDefault(socket.getKey(), step))
                                        .process()
                                != plan.seat(socket.getKey()).process())
                .findFirst()
                .map(socket -> new Difference(
                        step, Part.MESSAGE, Integer.toString(socket.getKey()), Optional.of("news"), Optional.empty()));
    }

    @Override
    public Optional<Settling> settling(Plan differing, int write) {
        settled.add(scenario.steps().get(differing.steps() - 1).title());
        return Optional.of(new Settling(Duration.ofSeconds(10), Optional.empty()));
    }

    @Override
    public Run run(Plan plan) {
        if (runs.size() >= endsAfter) {
            throw new InconclusiveException("web.1 ended before it was ready");
        }
        World world = new World();
        world.workersDisk = plan.workersDisk().orElse(-1);
        world.patience = plan.patience();
        world.caller = caller;
        List<Run.Played> played = new ArrayList<>();
        List<Run.Killed> kills = new ArrayList<>();
        if (plan.startsAhead()) {
            plan.seats().forEach(world::memory);
            IntStream.rangeClosed(1, plan.bystanders()).forEach(other -> world.memory(Seat.at(other)));
        }
        Optional<Run.Break> broken = Optional.empty();
        boolean silent = false;
        for (int number = 1; number <= plan.steps() && broken.isEmpty() && !silent; number++) {
            Seat seat = plan.seat(number);
            Step step = scenario.steps().get(number - 1);
            if (plan.gaps().containsKey(number)) {
                world.store.addAll(world.underWay.keySet());
            }
            if (!step.request().isSafe() && !plan.repeated().contains(number)) {
                for (Seat later : plan.seats().subList(number - 1, plan.steps())) {
                    if (world.memories.containsKey(later.process())) {
                        catchUp(plan, world, later, number);
                    }
                }
            }
            catchUp(plan, world, seat, number);
            boolean varies =
                    number == plan.steps() && lessons > 0 && plan.name().startsWith("confirm unsplit");
            world.lane = lane(plan, seat);
            Optional<Response> response = behaviour(number).answer(world, seat, step);
            boolean well = response.map(Response::status).equals(Optional.of(200)) && !varies;
            silent = response.isEmpty();
            world.served.add(seat.lane() + " " + seat.process() + " " + number);
            played.add(new Run.Played(exchange(step, response), "web." + seat.process(), seat.process(), false));
            if (well == failing.contains(number) && judge.isEmpty() && !disregarded.contains(number)) {
                Difference difference = new Difference(number, Part.STATUS, "", Optional.of("200"), Optional.of("401"));
                broken = Optional.of(new Run.Break(number, List.of(difference), List.of()));
            }
            Optional<Difference> unheard = unheard(plan, number);
            if (unheard.isPresent() && broken.isEmpty()) {
                broken = Optional.of(new Run.Break(number, List.of(unheard.get()), List.of()));
            }
            Death death = plan.deaths().get(number);
            if (death != null) {
                kill(world, plan, number, death);
                world.killedAfter.add(number);
                kills.add(new Run.Killed("web." + seat.process(), seat.process(), number, Instant.EPOCH, true));
            }
        }
        List<Run.Started> starts = plan.seats().stream()
                .distinct()
                .map(seat -> new Run.Started(
                        "web." + seat.process(), seat.process(), "layer " + seat.disk(), Instant.EPOCH, Duration.ZERO))
                .toList();
        Run run = new Run(
                plan, played, starts, kills, world.memories.size(), broken, Instant.EPOCH, Duration.ZERO, List.of());
        Run judged = judge.flatMap(by -> by.judge(run)).map(run::breaking).orElse(run);
        runs.add(judged);
        names.add(inWords.apply(plan.name()));
        return judged;
    }

    @Override
    public Duration took(int step) {
        return took;
    }

    @Override
    public boolean hasWorkers() {
        return hasWorkers;
    }

    @Override
    public boolean learn(Run unsplit) {
        boolean learned = lessons-- > 0;
        if (learned) {
            sockets.keySet().removeAll(varying);
        }
        return learned;
    }

    @Override
    public Trace trace(Plan handover, int polluter) {
        Optional<Boolean> arrived = handover.gaps().isEmpty()
                ? Optional.empty()
                : Optional.of(run(handover).broken().isEmpty());
        return new Trace(arrived, remembered, List.of(), List.of(), List.of());
    }

    @Override
    public Trace residue(Plan plan, Set<Integer> steps) {
        return Trace.none("");
    }

    private Answering behaviour(int number) {
        return behaviours.getOrDefault(number, (world, seat, step) -> Optional.of(status(200)));
    }

    private static String lane(Plan plan, Seat seat) {
        return plan.repeated().isEmpty() ? "" : "lane " + seat.lane() + " ";
    }

    private void catchUp(Plan plan, World world, Seat seat, int number) {
        for (int repeated : plan.repeated().headSet(number)) {
            if (world.served.add(seat.lane() + " " + seat.process() + " " + repeated)) {
                world.lane = lane(plan, seat);
                Optional<Response> _ =
                        behaviour(repeated).answer(world, seat, scenario.steps().get(repeated - 1));
            }
        }
    }

    private static void kill(World world, Plan plan, int number, Death death) {
        Set<Integer> doomed =
                switch (death) {
                    case OF_ALL, OF_ALL_AT_REST ->
                        plan.seats().subList(0, number).stream()
                                .map(Seat::process)
                                .collect(Collectors.toSet());
                    case OF_WHO_ANSWERED -> Set.of(plan.seat(number).process());
                };
        doomed.forEach(process -> {
            world.memories.put(process, new HashSet<>());
            world.served.removeIf(step -> step.contains(" " + process + " "));
        });
        world.underWay.values().removeIf(process -> death != Death.OF_WHO_ANSWERED || doomed.contains(process));
    }

    private static Exchange exchange(Step step, Optional<Response> response) {
        SentRequest sent = new SentRequest("GET", "/", List.of(), "");
        Outcome outcome = response.<Outcome>map(answer -> new Outcome.Answered(sent, answer))
                .orElseGet(() -> new Outcome.Failed(sent, Outcome.Failure.TIMED_OUT, "nothing came"));
        List<String> unmet = response.map(Response::status)
                        .filter(step.expectation().status()::allows)
                        .isPresent()
                ? List.of()
                : List.of("another status");
        Target target = new Target("web.1", URI.create("http://127.0.0.1:1"));
        return new Exchange(step, target, outcome, unmet, Map.of(), 1, Instant.EPOCH, Duration.ZERO);
    }
}
