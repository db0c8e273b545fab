package dev.coatcheck.prove.lab;

import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.scenario.Scenario;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where plans are tried: in a {@link Lab}, which starts and kills processes, or on instances that run {@link Elsewhere}. */
public sealed interface Site extends AutoCloseable permits Lab, Elsewhere {
    /** What happened in its trials that the user should know of and that no run tells; also after it was closed. */
    List<String> notes();

    /** Whether the application has process types that run beside its web processes, and that a plan may place. */
    boolean hasWorkers();

    /** Whether everything that the application may keep its state in is made clean before each trial. */
    boolean isReset();

    /** How many processes a plan may send its steps to at most. */
    int mostProcesses();

    /** How many instances there are that may differ by themselves, each of which a control has to see; none that it starts. */
    int given();

    /** Why a control may have failed at an instance, in words that end a sentence; empty where that is nothing of the site's. */
    Optional<String> hint(int control, Instance instance);

    /** What may be the matter where one instance alone answers now so and now so, in words that end a sentence. */
    String whereItFlickers();

    /** From now on each instance gets a network of its own, in which the TCP port that it insists on is free. */
    void giveOwnNetworks(FixedPortException insisting);

    /** Something that takes starts, from the beginning. */
    @FunctionalInterface
    interface Doing<T> {
        T once() throws InterruptedException;
    }

    /**
     * Does this, and from the beginning again where an instance insisted on a TCP port: by then each has a network of its own.
     * This happens twice at most, the second time where it is only known then that it listens there in place of {@code PORT}.
     */
    default <T> T despiteFixedPorts(Doing<T> doing) throws InterruptedException {
        while (true) {
            try {
                return doing.once();
            } catch (FixedPortException e) {
                giveOwnNetworks(e);
            }
        }
    }

    /** Makes an instance older by this, and busier where it was just started, than another one. */
    void age(Instance instance, Duration age, int requests) throws InterruptedException;

    /**
     * Makes clean what can be made clean, and everything ready for the plan.
     *
     * @param control what steps are compared with; empty for a control itself
     * @param nameOffset added to the numbers of web processes, so that they are others than those of other trials
     * @throws InconclusiveException if that cannot be done
     */
    Trial begin(Plan plan, Scenario scenario, Optional<Control> control, int nameOffset, Manner manner)
            throws InterruptedException;

    /** As above, in the usual manner. */
    default Trial begin(Plan plan, Scenario scenario, Optional<Control> control, int nameOffset)
            throws InterruptedException {
        return begin(plan, scenario, control, nameOffset, Manner.USUAL);
    }

    @Override
    void close();
}
