package dev.coatcheck.servlet.channels;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.CloseReason.Draining;
import dev.coatcheck.state.channels.CloseReason.Ended;
import dev.coatcheck.state.channels.CloseReason.Revoked;
import dev.coatcheck.state.channels.CloseReason.TooMany;
import dev.coatcheck.state.channels.CloseReason.TooSlow;
import dev.coatcheck.state.channels.CloseReason.Unsure;
import dev.coatcheck.state.channels.Delivery;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Place;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/**
 * Writes what comes on a subscription as server-sent events, on a virtual thread of its own, which no client can hold up for
 * longer than the limit of a write.
 */
final class EventStream {
    private static final System.Logger LOG = System.getLogger(EventStream.class.getName());

    private static final byte[] COMMENT = ascii(":\n\n");

    private static final Duration LATE = Duration.ofHours(1);

    /** How much is written at once where much has come. */
    private static final int BATCH_BYTES = 32 << 10;

    /** What is as large as this is written by itself: all connections write the same bytes. */
    private static final int LARGE_BYTES = 4 << 10;

    private final Subscription subscription;
    private final Place place;
    private final StreamRequest request;
    private final ChannelFace face;
    private final Recheck coming;
    private final AsyncContext async;
    private final BoundedOutput out;

    /** What is to be written; the writing thread's. */
    private final EventBatch events = new EventBatch();

    /** @param place given back at its end */
    EventStream(
            Subscription subscription,
            Place place,
            ChannelFace.Client client,
            StreamRequest request,
            ChannelFace face,
            AsyncContext async,
            BoundedOutput out) {
        this.subscription = subscription;
        this.place = place;
        this.request = request;
        this.face = face;
        this.coming = new Recheck(subscription, client, face.settings());
        this.async = async;
        this.out = out;
    }

    void start() {
        Thread.ofVirtual().name("coatcheck-event-stream").start(this::run);
    }

    private void run() {
        try (place;
                subscription) {
            add(COMMENT); // the head of the response leaves now, and not with the first message
            send();
            boolean open = true;
            while (open) {
                var delivery = coming.next();
                if (delivery instanceof Nothing) {
                    add(COMMENT);
                }
                while (open && !(delivery instanceof Nothing)) {
                    open = add(delivery);
                    delivery = events.size() < BATCH_BYTES ? subscription.next(Duration.ZERO) : new Nothing();
                }
                send();
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
    private boolean add(Delivery delivery) throws IOException, InterruptedException {
        switch (delivery) {
            case Begun begun -> {
                reached(begun.topic(), begun.position());
                addData(ChannelJson.of(begun));
            }
            case Message message -> {
                reached(message.topic(), message.position());
                add(face.encoded().of(message).event());
            }
            case Missed missed -> {
                reached(missed.topic(), missed.position());
                addData(ChannelJson.of(missed));
            }
            case Nothing() -> {}
            case Closed(var reason) -> {
                var pause = pauseOfABrowser(reason);
                if (pause.isPresent()) {
                    add(ascii("retry: " + pause.get().toMillis() + "\n"));
                }
                addData(ChannelJson.of(reason));
                return false;
            }
        }
        return true;
    }

    /** An {@code EventSource} always comes back by itself: where it should not, so late that it does no harm. */
    private static Optional<Duration> pauseOfABrowser(CloseReason reason) {
        return switch (reason) {
            case Draining(var retryAfter) -> Optional.of(retryAfter);
            case TooMany() -> Optional.of(LATE);
            case Revoked() -> Optional.of(LATE);
            case Ended() -> Optional.empty();
            case TooSlow() -> Optional.empty();
            case Unsure() -> Optional.empty();
        };
    }

    private void reached(Topic topic, Position position) throws IOException, InterruptedException {
        add(ascii("id: " + request.reached(topic, position) + "\n"));
    }

    /** JSON has no line breaks of its own. */
    private void addData(String json) throws IOException, InterruptedException {
        add(("data: " + json + "\n\n").getBytes(StandardCharsets.UTF_8));
    }

    private void add(byte[] bytes) throws IOException, InterruptedException {
        if (bytes.length < LARGE_BYTES) {
            events.add(bytes);
        } else {
            send();
            out.write(bytes, face.settings().writeLimit());
        }
    }

    private void send() throws IOException, InterruptedException {
        if (events.size() > 0) {
            out.write(events.take(), face.settings().writeLimit());
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
