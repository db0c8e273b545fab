package dev.coatcheck.state.channels;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * What an adapter of {@link Channels} does: it keeps the topics' histories, puts their messages in order, tells processes
 * of them, and remembers who is present. An application uses {@link Channels}.
 *
 * <p>Guarantees: publishing is one atomic step. The messages of a topic have one order, in which every message names the
 * one before it; what was read after a position never gets anything put before it. An offset names one message for ever:
 * it is one more than the last, or the store's clock in microseconds where that is more, so that it is not given again
 * even where the store has lost the last ones, and a position of one that is lost is {@linkplain History.Gone gone}.
 *
 * <p>Every method but {@link #follow}, {@link #unfollow}, {@link #check} and {@link #listen} is one round trip unless it says otherwise,
 * and throws {@link BackingServiceException} where the store cannot be reached or does not answer in time; whether it took
 * effect is unknown then. Thread-safe.
 */
public interface ChannelStore extends AutoCloseable {

    /** Puts a message at the end of a topic, drops what is not to be kept any more, and tells who follows. */
    Position publish(Topic topic, String payload, Retention retention);

    /** Where a topic ends now; its history begins here if there was none. */
    Position begin(Topic topic);

    /**
     * Where topics end now, in the same order; {@linkplain #begin begins} where there is no history. What is asked for in
     * this way is not forgotten.
     */
    List<Position> heads(List<Topic> topics);

    /** What came after a position: a page at the most. {@linkplain #begin Begins} where there is no history. */
    History read(Topic topic, Position after, Page page);

    /** Whoever hears in this process from now on; there is one. No round trip. */
    void listen(Hearer hearer);

    /**
     * Begins to hear of a topic. Does not wait: when it has begun, the hearer {@linkplain Hearer#mayHaveMissed may have
     * missed} what came before. A store that cannot be reached is no reason to fail.
     */
    void follow(Topic topic);

    /** Ends to hear of a topic; what is on its way may still be heard. Does not wait. */
    void unfollow(Topic topic);

    /** Mends the way by which it hears, where that is broken; called now and then. Does not wait. */
    void check();

    /** A process begins to be there, for so long unless it is renewed. */
    void enter(String process, Duration lease);

    /**
     * A process stays there for so long from now on.
     *
     * @return whether it was still there; if not, it is not now
     */
    boolean renew(String process, Duration lease);

    /**
     * Changes who is present by way of a process. Saying a thing again changes nothing. On a cluster, one round trip for
     * all together.
     */
    void announce(String process, Collection<Presence> arrived, Collection<Presence> left);

    /** A process is there no more, nor is anybody by way of it. */
    void exit(String process);

    /** Who is present by way of a process that is there. One round trip, or two, as the adapter says. */
    Set<String> present(Topic topic);

    /** Ends to hear; what is kept stays. */
    @Override
    void close();

    /** Somebody is present on a topic. */
    record Presence(Topic topic, String user) {}

    /** Who is told of messages. Called on threads of the adapter's, so quickly; in any order. */
    interface Hearer {
        /** A message came; or again, or after one that did not. */
        void heard(Topic topic, StoredMessage message);

        /** A message came, which is to be read. */
        void published(Topic topic);

        /** There may be messages that were not told of: it is looked whether there are, with other topics together. */
        void mayHaveMissed(Topic topic);
    }
}
