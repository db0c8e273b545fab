package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.regex.Pattern;

/** What clients call topics, by their names, and what is meant for the user who is logged in {@value #ME}; and themselves. */
final class Named {
    static final String ME = "@me";

    private static final String RESERVED = "@";

    private static final Pattern CLIENT = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private Named() {}

    /** What a client calls itself, if it does: {@code ?client=NAME}, of letters and digits. */
    static Optional<String> client(HttpServletRequest request) {
        return Optional.ofNullable(request.getParameter("client"))
                .filter(name -> CLIENT.matcher(name).matches());
    }

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
