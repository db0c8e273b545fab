package dev.coatcheck.prove.check;

import dev.coatcheck.prove.lab.Plan;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.play.Exchange;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/** Where plans are played. */
public interface Stage {
    /** All runs from here on are for this check. */
    default void begin(Check check) {}

    /**
     * That is what came of the check.
     *
     * @param leaks how many it has found
     */
    default void ended(CheckOutcome outcome, int leaks) {}

    /** Plays the plan on clean disks and clean backing services, up to the first step that differs from the control. */
    Run run(Plan plan) throws InterruptedException;

    /**
     * A stage for a longer conversation. What a single instance answers in it is learned first, and reads are given a moment to
     * agree.
     *
     * @throws Spoiled if a single instance does not take the conversation
     */
    Stage agreeing(Extended conversation) throws InterruptedException, Spoiled;

    /** What was added to a conversation keeps a single instance from answering the scenario itself. */
    final class Spoiled extends Exception {
        private static final long serialVersionUID = 1;
        private final int step;
        private final transient List<Exchange> before;

        /**
         * @param step of the longer conversation, which is one of the scenario's own
         * @param why what was wrong with it, in words
         * @param before what was answered before it
         */
        public Spoiled(int step, String why, List<Exchange> before) {
            super(why, null, false, false);
            this.step = step;
            this.before = List.copyOf(before);
        }

        int step() {
            return step;
        }

        List<Exchange> before() {
            return before;
        }

        String why() {
            return String.valueOf(getMessage());
        }
    }

    /** Concludes nothing any more from what a step answers. */
    void disregard(int step);

    /** The steps of which nothing was concluded when they differed, since who served the last write differed as well. */
    Set<Integer> moving();

    /**
     * A stage for a longer conversation whose answers are compared with nothing, but judged when it was played to its end. It ends
     * early where nobody answers any more, or where it takes too long.
     */
    Stage judged(Extended conversation, Judge judge, Caller caller);

    /** From where requests come. */
    enum Caller {
        /** From an address that no other run has, so that a limit by address was not used up by those before. */
        STRANGER,
        /** As in all other runs: there are applications that let in no other. */
        USUAL
    }

    /** The steps that leave a socket or a stream of events open in one process, each time or now and then. */
    SortedSet<Integer> opening();

    /**
     * A stage on which sockets are listened to. What they hear of a single process is learned first.
     *
     * @throws InconclusiveException if a single instance does not take the conversation
     */
    ListeningStage listening() throws InterruptedException;

    /** Says of a run whether it shows a leak, and where. */
    @FunctionalInterface
    interface Judge {
        /** Lets everything pass. */
        Judge NONE = run -> Optional.empty();

        Optional<Run.Break> judge(Run run);
    }

    /**
     * Plays a plan whose last step differs, and sends that again until it does not.
     *
     * @param differing a plan whose last step is safe
     * @param write the number of the step after whose answer the time counts
     * @return what there is to say of the time; empty where nothing differed this time
     */
    Optional<Settling> settling(Plan differing, int write) throws InterruptedException;

    /**
     * Whether a difference was over by itself.
     *
     * @param waited how long it was waited for at most
     * @param after how long after the write all agreed; empty where they did not
     */
    record Settling(Duration waited, Optional<Duration> after) {}

    /** How long a step of the scenario takes at most, in one process. */
    Duration took(int step);

    /** How many processes a plan may send its steps to at most. */
    default int mostProcesses() {
        return Integer.MAX_VALUE;
    }

    /** Whether workers run beside the web processes, so that it matters which disk they have. */
    boolean hasWorkers();

    /**
     * Learns from a run that was not split and yet differed: what varied there varies by itself.
     *
     * @return whether there was something to learn, so that what differed before may not differ any more
     */
    boolean learn(Run unsplit);

    /**
     * Plays the plan up to the step before its last, and looks, while all its processes live, for what the polluter left.
     * Where the plan lets time pass before the last step, that is played as well.
     *
     * @param handover a plan whose last step another process is to answer
     * @param polluter the number of the step that left it
     */
    Trace trace(Plan handover, int polluter) throws InterruptedException;

    /**
     * Plays the plan to its end, and looks, while all its processes live, for what those that answered some steps keep of them.
     *
     * @param steps whose values are looked for
     */
    Trace residue(Plan plan, Set<Integer> steps) throws InterruptedException;

    /**
     * Plays a plan whose last step is given the id again that the polluter was given, and looks for where the next one is
     * counted.
     *
     * @param handover a plan whose last step another process is to answer
     * @param polluter the number of the step that was given the id first
     */
    default Trace traceOfId(Plan handover, int polluter) throws InterruptedException {
        return Trace.none("it is a number, and not looked for");
    }
}
