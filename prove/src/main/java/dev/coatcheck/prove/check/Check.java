package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Death;
import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** A way to try a conversation out on several processes. An application that keeps nothing in its processes notices none of them. */
public enum Check {
    /** Any process can serve any request: each two steps are served by different ones in some run. */
    SPREAD(
            "any process can serve any request",
            "each two steps were served by different processes in some run; same answers"),
    /**
     * Nothing that is needed later dies with a process: all that have served are killed after each step, the workers too, and
     * their disks with them. Who comes next was started ahead and has seen nothing.
     */
    AMNESIA("nothing dies with a process", "the processes were killed between the steps; same answers"),
    /** All processes are killed at once in the middle of the conversation, and only then others start. */
    RESTART(
            "a restart of everything goes unnoticed",
            "all processes were killed in the middle, and others started after that; same answers"),
    /** What was answered is done: who answered a writing step is killed the moment its response is complete. */
    CRASH("what was answered is never lost", "who had answered a writing step was killed at once; same answers"),
    /** Every process is asked the same after a write, and answers as a single one that is asked as often. */
    AGREE(
            "all processes see what was written",
            "after the writes every process was asked what the scenario reads; same answers"),
    /**
     * What a single process refuses when it comes again (too many, used up, revoked), several refuse as well; and no two of
     * them give out the same id.
     */
    AGAIN(
            "what one process refuses, no other lets pass",
            "what one process refuses, revokes, numbers or counts was tried in several; no leak was found"),
    /** Who listens on a WebSocket or a stream of events at one process hears what others do in another. */
    SOCKETS(
            "sockets hear what happens in other processes",
            "with the other steps in another process, sockets heard the same"),
    /** A request that a process has accepted is answered, though the process is asked to end meanwhile. */
    DRAIN("who is asked to end answers what it has accepted", "what was in progress was answered"),
    /** All processes are replaced, one after the other, under a steady load. */
    ROLL("a replacement of all processes fails no request", "no request failed"),
    /** Processes are added and taken away under a steady load. */
    SCALE("another number of processes fails no request", "no request failed"),
    /** What is observed beside the state: variables, logs, files, signals. Advice, which counts where that is asked for. */
    FACTORS("the twelve-factor rules are kept", "all rules that were looked at are kept");

    /** So many steps of a long scenario follow each other in different processes, before the first is come back to. */
    private static final int APART_IN_LONG = 16;

    private static final Set<Check> BESIDE_STATE = EnumSet.of(DRAIN, ROLL, SCALE, FACTORS);

    private final String claim;
    private final String done;

    Check(String claim, String done) {
        this.claim = claim;
        this.done = done;
    }

    /** As the command line and reports call it: {@code spread}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it starts, ends or kills processes of the application, beside those that serve the scenario. */
    public boolean kills() {
        return switch (this) {
            case AMNESIA, RESTART, CRASH, DRAIN, ROLL, SCALE, FACTORS -> true;
            case SPREAD, AGREE, AGAIN, SOCKETS -> false;
        };
    }

    /** Those that are made where nobody chooses: all but what takes a load of some hundred requests, or many starts. */
    public static Set<Check> byDefault() {
        return EnumSet.complementOf(EnumSet.of(DRAIN, ROLL, SCALE));
    }

    /** Whether what it finds is state that stays in processes. Else its failure is no leak, and says nothing of the verdict. */
    public boolean isAboutState() {
        return !BESIDE_STATE.contains(this);
    }

    /** What to do where it fails, beside what each leak and each piece of advice says for itself; empty where these say it. */
    public Optional<String> remedy() {
        return switch (this) {
            case DRAIN ->
                Optional.of(
                        "On SIGTERM, accept no more connections, answer every request that has been accepted, and end"
                                + " only then: what frameworks call graceful shutdown.");
            case ROLL ->
                Optional.of(
                        "Answer at the readiness path only when requests can be served, and drain on SIGTERM. What a"
                                + " process does as it starts or ends (migrations, cleaning up, locks) must leave alone what the"
                                + " others use.");
            case SCALE ->
                Optional.of(
                        "As one of several processes starts or ends, it must leave alone what the others use, and none"
                                + " may count on how many there are.");
            case SPREAD, AMNESIA, RESTART, CRASH, AGREE, AGAIN, SOCKETS, FACTORS -> Optional.empty();
        };
    }

    /** What would hold of an application that passed it whatever it is asked: {@code nothing dies with a process}. */
    public String claim() {
        return claim;
    }

    /** What was done and seen where it has passed, which is all that a scenario can show. */
    public String done() {
        return done;
    }

    /** What goes wrong where it fails, for those that find no leak. */
    public Optional<String> failure() {
        return switch (this) {
            case DRAIN ->
                Optional.of("a request in progress is not answered as usual when its process is asked to end");
            case ROLL -> Optional.of("requests fail, or are answered in another way, while all processes are replaced");
            case SCALE ->
                Optional.of("requests fail, or are answered in another way, while processes are added and taken away");
            case SPREAD, AMNESIA, RESTART, CRASH, AGREE, AGAIN, SOCKETS, FACTORS -> Optional.empty();
        };
    }

    /**
     * The runs to be made of the scenario as it is; none by what plays longer conversations.
     *
     * @param instances how many processes serve it together; at least two
     * @param lease how long after a kill another process may take up what the killed one had begun
     * @param most how many processes there can be; not fewer than the instances
     */
    List<Plan> plans(Scenario scenario, int instances, Duration lease, int most) {
        int steps = scenario.steps().size();
        List<Plan> plans =
                switch (this) {
                    case SPREAD -> spread(steps, instances, Writing.steps(scenario), most);
                    case AMNESIA -> List.of(amnesia(scenario));
                    case RESTART -> List.of(restart(steps));
                    case CRASH -> crash(scenario);
                    case AGREE, AGAIN, SOCKETS, DRAIN, ROLL, SCALE, FACTORS -> List.of();
                };
        return plans.stream().map(plan -> plan.patient(lease)).toList();
    }

    /**
     * In run r, step i goes to digit r of i, written in base N: any two numbers differ in some digit, so that each two steps
     * are apart in some run. Then reads go to one process and writes to another, for a copy that is read again after the
     * original was changed elsewhere. The last run gives each step a process of its own, for what either of two earlier
     * steps heals. Of the others only those are made in which a process is come back to after another one has served: what else
     * they part, the last one parts as well. Where there are not as many processes as steps, and in a long scenario, all others are
     * made, and the last one gives a process of its own to each of so many steps that follow each other, if there are as many.
     */
    private static List<Plan> spread(int steps, int instances, List<Integer> writing, int most) {
        List<List<Seat>> runs = new ArrayList<>();
        for (int unit = 1; unit < steps; unit *= instances) {
            int divisor = unit;
            runs.add(seats(steps, step -> step / divisor % instances));
        }
        runs.add(seats(steps, step -> writing.contains(step + 1) ? 1 : 0));
        List<Seat> apart = seats(steps, step -> step);
        boolean isParted = steps <= Math.min(most, Kills.LONG);
        if (isParted) {
            runs.add(apart);
        } else if (most >= APART_IN_LONG) {
            runs.add(seats(steps, step -> step % APART_IN_LONG));
        }
        List<List<Seat>> different =
                runs.stream().map(Check::renumbered).distinct().toList();
        List<List<Seat>> splitting = different.stream()
                .filter(seats -> seats.stream().distinct().count() > 1)
                .filter(seats -> !isParted || seats.equals(apart) || comesBack(seats))
                .toList();
        return IntStream.range(0, splitting.size())
                .mapToObj(run -> Plan.of("spread " + (run + 1) + " of " + splitting.size(), splitting.get(run)))
                .toList();
    }

    /** @param seats with processes numbered in the order in which they are needed */
    private static boolean comesBack(List<Seat> seats) {
        return IntStream.range(1, seats.size())
                .anyMatch(
                        step -> seats.get(step).process() < seats.get(step - 1).process());
    }

    private static List<Seat> seats(int steps, IntUnaryOperator process) {
        return IntStream.range(0, steps)
                .mapToObj(step -> Seat.at(process.applyAsInt(step)))
                .toList();
    }

    /** With processes numbered in the order in which they are needed: so that the same split is made once. */
    private static List<Seat> renumbered(List<Seat> seats) {
        Map<Integer, Integer> numbers = new HashMap<>();
        return seats.stream()
                .map(seat -> Seat.at(numbers.computeIfAbsent(seat.process(), process -> numbers.size())))
                .toList();
    }

    private static Plan amnesia(Scenario scenario) {
        List<Integer> killed = Kills.betweenSteps(scenario).tried();
        return Plan.of("amnesia", changingAfter(killed, scenario.steps().size()))
                .withDeaths(afterEach(killed, Death.OF_ALL));
    }

    private static Plan restart(int steps) {
        int middle = steps / 2;
        List<Seat> seats = IntStream.rangeClosed(1, steps)
                .mapToObj(step -> Seat.at(step <= middle ? 0 : 1))
                .toList();
        return Plan.of("restart after step " + middle, seats)
                .withDeaths(Map.of(middle, Death.OF_ALL))
                .startingLate();
    }

    private static List<Plan> crash(Scenario scenario) {
        List<Integer> killed = Kills.afterWrites(scenario).tried();
        return killed.isEmpty()
                ? List.of()
                : List.of(
                        Plan.of("crash", changingAfter(killed, scenario.steps().size()))
                                .withDeaths(afterEach(killed, Death.OF_WHO_ANSWERED)));
    }

    /** What of a long scenario was tried once for all that are alike, in words; empty where nothing was left out for that. */
    String economy(Scenario scenario, List<Plan> plans) {
        int steps = scenario.steps().size();
        if (steps <= Kills.LONG) {
            return "";
        }
        return switch (this) {
            case SPREAD -> {
                int processes = plans.stream().mapToInt(Plan::processes).max().orElse(0);
                yield processes < APART_IN_LONG
                        ? ""
                        : "each step apart from the " + (processes - 1)
                                + " before it at once, and from all others in turn";
            }
            case AMNESIA -> {
                Kills kills = Kills.betweenSteps(scenario);
                yield economy(
                        kills, "between " + steps + " steps", "where two steps follow each other that differ from two");
            }
            case CRASH -> {
                Kills kills = Kills.afterWrites(scenario);
                int writes = kills.tried().size() + kills.leftOut().size();
                yield economy(kills, "after " + writes + " writing steps", "which differ from one");
            }
            case RESTART, AGREE, AGAIN, SOCKETS, DRAIN, ROLL, SCALE, FACTORS -> "";
        };
    }

    private static String economy(Kills kills, String where, String how) {
        return kills.leftOut().isEmpty()
                ? ""
                : kills.tried().size() + " kills " + where + "; not after steps " + kills.leftOutInWords() + ", " + how
                        + " before in numbers, ids and captures alone";
    }

    /** After each of these steps the next process goes on. */
    private static List<Seat> changingAfter(List<Integer> changes, int steps) {
        return IntStream.rangeClosed(1, steps)
                .mapToObj(step -> Seat.at(
                        (int) changes.stream().filter(change -> change < step).count()))
                .toList();
    }

    private static Map<Integer, Death> afterEach(List<Integer> steps, Death death) {
        Map<Integer, Death> deaths = new TreeMap<>();
        steps.forEach(step -> deaths.put(step, death));
        return deaths;
    }
}
