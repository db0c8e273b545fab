package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Place;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * What the two faces have in common.
 *
 * @param encoded of this face, for all its connections
 */
record ChannelFace(Channels channels, ChannelAccess access, ChannelFaceSettings settings, EncodedMessages encoded) {

    ChannelFace(Channels channels, ChannelAccess access, ChannelFaceSettings settings) {
        this(channels, access, settings, new EncodedMessages());
    }

    /**
     * Who listens on a connection.
     *
     * @param validity whether they still are who they were; asked when the subscription can be revoked
     */
    record Client(Subscriber subscriber, BooleanSupplier validity) {
        boolean isStillValid() {
            return validity.getAsBoolean();
        }
    }

    Client client(HttpServletRequest request) {
        var subscriber = access.subscriber(request);
        return new Client(
                Named.client(request).map(subscriber::withClient).orElse(subscriber), access.validity(request));
    }

    /** A place for one more connection, of either face; none where there is no room. */
    Optional<Place> takePlace() {
        return channels.takePlace(settings.maxConnections());
    }

    /** Whether there is room at the moment. */
    boolean hasRoom() {
        return channels.places() < settings.maxConnections();
    }

    /** Whether a client may listen to a topic: to their own always. */
    boolean mayListen(Client client, Topic topic) {
        return topic.kind() == Topic.Kind.USER || access.mayListen(client.subscriber(), topic);
    }
}
