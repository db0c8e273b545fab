package dev.coatcheck.prove.lab;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * One way to play a scenario. Immutable.
 *
 * @param name what it is for, in words: {@code spread 2 of 3}
 * @param seats where the steps are played, from the first on; steps beyond the last seat are not played
 * @param deaths who is killed after which steps, by their numbers
 * @param workersDisk the disk that workers share with web processes; empty where each of them has its own
 * @param startsAhead whether all web processes start before the first step, or each when its first step is due
 * @param gaps how long after the step before has begun some steps begin at the earliest, by their numbers
 * @param patience for how much longer than the scenario says a step after a death polls for what it expects: what a killed
 *     process had begun is taken up by another only when its lease is over
 * @param repeated the numbers of steps that are played again in each other process, so that what they leave there is
 *     there too: each process then has cookies and captures of its own
 * @param bystanders how many web processes start ahead beside those that serve, and serve nothing
 */
public record Plan(
        String name,
        List<Seat> seats,
        Map<Integer, Death> deaths,
        OptionalInt workersDisk,
        boolean startsAhead,
        Map<Integer, Duration> gaps,
        Duration patience,
        SortedSet<Integer> repeated,
        int bystanders) {
    public Plan {
        seats = List.copyOf(seats);
        deaths = Collections.unmodifiableMap(new TreeMap<>(deaths));
        gaps = Map.copyOf(gaps);
        repeated = Collections.unmodifiableSortedSet(new TreeSet<>(repeated));
        Map<Integer, Integer> disks = new HashMap<>();
        for (Seat seat : seats) {
            if (disks.computeIfAbsent(seat.process(), process -> seat.disk()) != seat.disk()) {
                throw new IllegalArgumentException("process " + seat.process() + " cannot have two disks: " + seats);
            }
        }
    }

    /** Seats alone: nobody dies, workers have disks of their own, everything starts ahead. */
    public static Plan of(String name, List<Seat> seats) {
        return new Plan(name, seats, Map.of(), OptionalInt.empty(), true, Map.of(), Duration.ZERO, new TreeSet<>(), 0);
    }

    /** All steps in one process, the workers on its disk: as the application was written to run. */
    public static Plan together(String name, int steps) {
        return of(name, Collections.nCopies(steps, Seat.at(0))).withWorkersOnDisk(0);
    }

    /** Each step in a process of its own. */
    public static Plan apart(String name, int steps) {
        return of(name, IntStream.range(0, steps).mapToObj(Seat::at).toList());
    }

    public Plan named(String other) {
        return new Plan(other, seats, deaths, workersDisk, startsAhead, gaps, patience, repeated, bystanders);
    }

    /** With the steps played elsewhere, and all else as it is. */
    public Plan withSeats(List<Seat> other) {
        return new Plan(name, other, deaths, workersDisk, startsAhead, gaps, patience, repeated, bystanders);
    }

    public Plan withDeaths(Map<Integer, Death> other) {
        return new Plan(name, seats, other, workersDisk, startsAhead, gaps, patience, repeated, bystanders);
    }

    public Plan withWorkersOnDisk(int disk) {
        return new Plan(name, seats, deaths, OptionalInt.of(disk), startsAhead, gaps, patience, repeated, bystanders);
    }

    /** With so many web processes more, which start ahead and serve nothing. */
    public Plan withBystanders(int number) {
        return new Plan(name, seats, deaths, workersDisk, startsAhead, gaps, patience, repeated, number);
    }

    /** Processes start only when they are due: so none has started before a death that comes before its first step. */
    public Plan startingLate() {
        return new Plan(name, seats, deaths, workersDisk, false, gaps, patience, repeated, bystanders);
    }

    /** As much time at least passes from the beginning of the step before to that of this step. */
    public Plan after(Duration gap, int step) {
        return new Plan(
                name, seats, deaths, workersDisk, startsAhead, Map.of(step, gap), patience, repeated, bystanders);
    }

    public Plan patient(Duration other) {
        return new Plan(name, seats, deaths, workersDisk, startsAhead, gaps, other, repeated, bystanders);
    }

    public Plan repeating(SortedSet<Integer> other) {
        return new Plan(name, seats, deaths, workersDisk, startsAhead, gaps, patience, other, bystanders);
    }

    /** Without the steps after this one, and what happens after it. */
    public Plan upTo(int step) {
        Map<Integer, Death> before = new TreeMap<>(deaths);
        before.keySet().removeIf(death -> death >= step);
        return new Plan(
                name, seats.subList(0, step), before, workersDisk, startsAhead, gaps, patience, repeated, bystanders);
    }

    /**
     * The same conversation with everything in one process that nobody kills, and with all else as it was when it was
     * split: as many processes live beside each other, two at least where one followed another, and as much time passes
     * between two steps. What is left is the conversation.
     *
     * @param splitGaps the {@linkplain Run#gaps() gaps} of the run that was split
     * @param splitLived how many web processes {@linkplain Run#livedAtOnce lived at once} in it
     */
    public Plan unsplit(String other, Map<Integer, Duration> splitGaps, int splitLived) {
        List<Seat> one = seats.stream().map(seat -> new Seat(seat.lane(), 0, 0)).toList();
        boolean isSplit = seats.stream().map(Seat::process).distinct().count() > 1;
        int others = Math.max(splitLived - 1, isSplit ? 1 : 0);
        return new Plan(other, one, Map.of(), OptionalInt.of(0), true, splitGaps, patience, repeated, others);
    }

    /** Whether it is played as another is, whatever the two are called and however long they wait. */
    public boolean isPlayedLike(Plan other, boolean hasWorkers) {
        return seats.equals(other.seats)
                && deaths.equals(other.deaths)
                && (!hasWorkers || workersDisk.equals(other.workersDisk))
                && startsAhead == other.startsAhead
                && gaps.equals(other.gaps)
                && repeated.equals(other.repeated)
                && bystanders == other.bystanders;
    }

    /** Where a step is played, by its number. */
    public Seat seat(int step) {
        return seats.get(step - 1);
    }

    /** Whether somebody was killed before a step. */
    public boolean isAfterDeath(int step) {
        return deaths.keySet().stream().anyMatch(death -> death < step);
    }

    /** Over how many processes the steps are spread. */
    public int processes() {
        return (int) seats.stream().map(Seat::process).distinct().count();
    }

    /** The number of steps that are played. */
    public int steps() {
        return seats.size();
    }
}
