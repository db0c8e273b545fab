package dev.coatcheck.servlet.channels;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.Delivery;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Writes what comes on a subscription as server-sent events, on a virtual thread of its own, which no client can hold up for
 * longer than the limit of a write.
 */
final class EventStream {
    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());

    private static final String COMMENT = ":\n\n";

    /** How much is written at once where much has come. */
    private static final int BATCH_CHARACTERS = 32 << 10;

    private final Subscription subscription;
    private final StreamRequest request;
    private final ChannelFaceSettings settings;
    private final AsyncContext async;
    private final BoundedOutput out;

    EventStream(
            Subscription subscription,
            StreamRequest request,
            ChannelFaceSettings settings,
            AsyncContext async,
            BoundedOutput out) {
        this.subscription = subscription;
        this.request = request;
        this.settings = settings;
        this.async = async;
        this.out = out;
    }

    void start() {
        Thread.ofVirtual().name("coatcheck-event-stream").start(this::run);
    }

    private void run() {
        try (subscription) {
            send(COMMENT); // the head of the response leaves now, and not with the first message
            var events = new StringBuilder();
            boolean open = true;
            while (open) {
                var delivery = subscription.next(settings.heartbeat());
                if (delivery instanceof Nothing) {
                    events.append(COMMENT);
                }
                while (open && !(delivery instanceof Nothing)) {
                    open = append(events, delivery);
                    delivery = events.length() < BATCH_CHARACTERS ? subscription.next(Duration.ZERO) : new Nothing();
                }
                send(events.toString());
                events.setLength(0);
            }
        } catch (IOException e) {
            LOG.log(DEBUG, "an event stream was cut: {0}", e.getMessage());
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "an event stream ends, its client comes back: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            complete();
        }
    }

    private void complete() {
        try {
            async.complete();
        } catch (IllegalStateException e) {
            LOG.log(DEBUG, "the container had ended an event stream already: {0}", e.getMessage());
        }
    }

    /** Adds an event; says whether anything may follow. */
    private boolean append(StringBuilder events, Delivery delivery) {
        switch (delivery) {
            case Begun begun -> event(events, begun.topic(), begun.position(), ChannelJson.of(begun));
            case Message message -> event(events, message.topic(), message.position(), ChannelJson.of(message));
            case Missed missed -> event(events, missed.topic(), missed.position(), ChannelJson.of(missed));
            case Nothing() -> {}
            case Closed(var reason) -> {
                ChannelJson.retryAfter(reason)
                        .ifPresent(retry -> events.append("retry: ")
                                .append(retry.toMillis())
                                .append('\n'));
                events.append("data: ").append(ChannelJson.of(reason)).append("\n\n");
                return false;
            }
        }
        return true;
    }

    /** JSON has no line breaks of its own. */
    private void event(StringBuilder events, Topic topic, Position position, String json) {
        events.append("id: ").append(request.reached(topic, position)).append('\n');
        events.append("data: ").append(json).append("\n\n");
    }

    private void send(String events) throws IOException, InterruptedException {
        out.write(events.getBytes(StandardCharsets.UTF_8), settings.writeLimit());
    }
}
