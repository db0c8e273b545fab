package dev.coatcheck.prove.lab;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Who may answer the steps of one trial, and the disks they work on. For one thread. */
interface Processes extends AutoCloseable {
    /** Begins to start the web process of a seat, unless that was begun before. Does not wait. */
    void startWeb(Seat seat);

    /** The web process of a seat, ready. */
    Instance web(Seat seat) throws InterruptedException;

    /** The web processes that were started and not taken away. */
    Set<Integer> webProcesses();

    /** Hands out a web process that was started, for its end; a seat that has it is then given another. */
    Optional<LabInstance> takeWeb(int process) throws InterruptedException;

    /** Lets a web process that nobody needs any more end. Does not wait for that. */
    void retire(int process) throws InterruptedException;

    /**
     * Begins to start one of each process type that keeps running beside web processes. Does not wait.
     *
     * @param disk the one that they share; empty where each has its own
     */
    void startWorkers(OptionalInt disk);

    void awaitWorkers() throws InterruptedException;

    /** Hands out the workers, for their end. */
    List<LabInstance> takeWorkers() throws InterruptedException;

    /** The disks that were made and not given up. */
    Set<Integer> disks();

    /** Gives up a disk that nobody needs any more, and ends whoever still works on it. Does not wait for that. */
    void giveUpDisk(int number);

    /** Gives up the disks of workers that were killed, unless they are those of others too. */
    void giveUpWorkersDisks();

    /** All that it has started and that live. */
    List<LabInstance> instances();

    List<Run.Started> starts();

    /** What holds them apart less well than it should, in words. */
    List<String> weaknesses();

    @Override
    void close();
}
