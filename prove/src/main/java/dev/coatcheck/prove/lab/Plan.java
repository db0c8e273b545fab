package dev.coatcheck.prove.lab;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
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
 * @param pauses how long nothing happens before some steps, by their numbers
 * @param patience for how much longer than the scenario says a step after a death polls for what it expects: what a killed
 *     process had begun is taken up by another only when its lease is over
 * @param repeated the numbers of steps that are played again in each other process, so that what they leave there is
 *     there too: each process then has cookies and captures of its own
 */
public record Plan(
        String name,
        List<Seat> seats,
        Map<Integer, Death> deaths,
        OptionalInt workersDisk,
        boolean startsAhead,
        Map<Integer, Duration> pauses,
        Duration patience,
        SortedSet<Integer> repeated) {
    public Plan {
        seats = List.copyOf(seats);
        deaths = Collections.unmodifiableMap(new TreeMap<>(deaths));
        pauses = Map.copyOf(pauses);
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
        return new Plan(name, seats, Map.of(), OptionalInt.empty(), true, Map.of(), Duration.ZERO, new TreeSet<>());
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
        return new Plan(other, seats, deaths, workersDisk, startsAhead, pauses, patience, repeated);
    }

    public Plan withDeaths(Map<Integer, Death> other) {
        return new Plan(name, seats, other, workersDisk, startsAhead, pauses, patience, repeated);
    }

    public Plan withWorkersOnDisk(int disk) {
        return new Plan(name, seats, deaths, OptionalInt.of(disk), startsAhead, pauses, patience, repeated);
    }

    /** Processes start only when they are due: so none has started before a death that comes before its first step. */
    public Plan startingLate() {
        return new Plan(name, seats, deaths, workersDisk, false, pauses, patience, repeated);
    }

    public Plan repeating(Set<Integer> steps) {
        return new Plan(name, seats, deaths, workersDisk, startsAhead, pauses, patience, new TreeSet<>(steps));
    }

    /** Nothing happens for a while before a step. */
    public Plan pausing(int step, Duration pause) {
        return new Plan(name, seats, deaths, workersDisk, startsAhead, Map.of(step, pause), patience, repeated);
    }

    public Plan patient(Duration other) {
        return new Plan(name, seats, deaths, workersDisk, startsAhead, pauses, other, repeated);
    }

    /** Without the steps after this one. */
    public Plan upTo(int step) {
        return new Plan(name, seats.subList(0, step), deaths, workersDisk, startsAhead, pauses, patience, repeated);
    }

    /** The same conversation with everything in one process that nobody kills: what is left of it is the conversation. */
    public Plan unsplit(String other) {
        List<Seat> one = seats.stream().map(seat -> new Seat(seat.lane(), 0, 0)).toList();
        return new Plan(other, one, Map.of(), OptionalInt.of(0), true, pauses, patience, repeated);
    }

    /** Where a step is played, by its number. */
    public Seat seat(int step) {
        return seats.get(step - 1);
    }

    /** The number of steps that are played. */
    public int steps() {
        return seats.size();
    }
}
