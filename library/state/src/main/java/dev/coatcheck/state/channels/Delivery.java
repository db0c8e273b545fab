package dev.coatcheck.state.channels;

/** What comes next on a {@link Subscription}. */
public sealed interface Delivery {

    /**
     * From here on the topic's messages follow, all of them.
     *
     * @param position what to come back with as long as nothing else of this topic has come
     */
    record Begun(Topic topic, Position position) implements Delivery {}

    /**
     * A message.
     *
     * @param position what to come back with
     */
    record Message(Topic topic, Position position, String payload) implements Delivery {}

    /**
     * Something was missed that is not kept any more, and it is not known how much: whoever follows a state by messages
     * reads the state anew. What comes after the position follows.
     */
    record Missed(Topic topic, Position position) implements Delivery {}

    /** Nothing came while it was waited for. */
    record Nothing() implements Delivery {}

    /** The subscription has ended, and nothing follows. */
    record Closed(CloseReason reason) implements Delivery {}
}
