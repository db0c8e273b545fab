package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;

/** What clients call topics: by their names, and what is meant for the user who is logged in {@value #ME}. */
final class Named {
    static final String ME = "@me";

    private static final String RESERVED = "@";

    private Named() {}

    /**
     * Reads what a client asks for.
     *
     * @throws IllegalArgumentException where it is no name, or nobody is logged in whom it could mean
     */
    static Topic topic(Subscriber subscriber, String name) {
        if (name.equals(ME)) {
            return subscriber
                    .user()
                    .map(Topic::ofUser)
                    .orElseThrow(() -> new IllegalArgumentException("nobody is logged in"));
        }
        if (name.startsWith(RESERVED)) {
            throw new IllegalArgumentException("names that begin with @ are not for topics, but for " + ME);
        }
        return Topic.of(name);
    }

    static String of(Topic topic) {
        return topic.kind() == Topic.Kind.USER ? ME : topic.name();
    }
}
