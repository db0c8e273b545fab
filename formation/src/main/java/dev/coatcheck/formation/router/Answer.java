package dev.coatcheck.formation.router;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;

/**
 * The response to one request, from when its head is decided until its last byte is out; and what the client still sends
 * of its request after that: it is passed on to an instance that reads on, or dropped. Tells the {@link Forwarding} where
 * it breaks off.
 */
final class Answer implements Pump.Observer {
    /** Without a byte of the rest of a request whose response is complete already. */
    private static final Duration LINGER = Duration.ofSeconds(5);

    /** For all of that rest. */
    private static final Duration LINGER_AT_MOST = Duration.ofSeconds(30);

    private final Forwarding forwarding;
    private final RouterContext router;
    private final RouterSettings settings;
    private final HttpServerExchange exchange;
    private final RequestIntake intake;
    private final ClientEnd client;
    private final String requestId;

    private @Nullable Attempt attempt;
    private @Nullable Pump pump;
    private Runnable sourceEnded = () -> {};
    private boolean bodyNotWanted;
    private boolean dropping;
    private boolean cutShort;
    private @Nullable PaceCheck pace;
    private long touched;
    private boolean sent;
    private long sentAt;

    Answer(Forwarding forwarding, ClientEnd client, String requestId, RouterContext router) {
        this.forwarding = forwarding;
        this.router = router;
        this.settings = router.settings();
        this.exchange = forwarding.exchange();
        this.intake = forwarding.intake();
        this.client = client;
        this.requestId = requestId;
    }

    /**
     * Sends the response whose status and header are set: from here on there is no other.
     *
     * @param by the attempt that it comes from, or the last one there was, if any
     * @param source where the body comes from, if not null
     * @param first what comes before that, if not null
     * @param ended is called when the last byte of the source has been read
     */
    void begin(
            @Nullable Attempt by,
            @Nullable StreamSourceChannel source,
            @Nullable PooledByteBuffer first,
            Runnable ended) {
        attempt = by;
        sourceEnded = ended;
        touch();
        Pump begun = new Pump(source, beginResponse(), first, router.buffers(), this);
        pump = begun;
        begun.start();
    }

    private StreamSinkChannel beginResponse() {
        String instance = settings.instanceHeader() && attempt != null
                ? attempt.upstream().instance()
                : null;
        boolean isLast = router.isClosing() && exchange.getStatusCode() != StatusCodes.SWITCHING_PROTOCOLS;
        if (isLast || bodyNotWanted || intake.isContinueAwaited()) {
            exchange.setPersistent(false);
        }
        return ResponseHeaders.begin(exchange, requestId, instance);
    }

    @Override
    public void moved(long read) {
        touch();
    }

    private void touch() {
        touched = System.nanoTime();
    }

    @Override
    public void sourceEnded() {
        sourceEnded.run();
    }

    /** The whole response is out. The exchange ends by itself once the whole request has been read. */
    @Override
    public void finished() {
        sentNow();
        dropRest();
    }

    private void sentNow() {
        sent = true;
        sentAt = System.nanoTime();
    }

    /** An instance that answered early may go on reading. Where none does, nobody wants the rest. */
    private void dropRest() {
        boolean unwanted = bodyNotWanted || intake.isContinueAwaited() || attempt == null || !attempt.isSending();
        if (sent && unwanted && !dropping && !exchange.isRequestComplete()) {
            dropping = true;
            client.dropRestOfRequest(this::touch);
        }
    }

    @Override
    public void failed() {
        // Part of the response may be out, and nothing can mend it: a cut connection tells the client so.
        forwarding.cut();
    }

    /** The instance takes no more of the body. Its response, if there is one, comes next. */
    void bodyNotWanted() {
        bodyNotWanted = true;
        dropRest();
    }

    /** Whether there is nothing more to wait for. To be asked at each tick once it has begun. */
    boolean isTooSlow(long now) {
        if (!sent) {
            return isClientTooSlow(now)
                    || now - lastMoved() > settings.timeouts().stream().toNanos();
        }
        return dropping ? hasLingered(now) : isUploadTooSlow(now);
    }

    /** In what it takes and what it sends, of which either may keep the other waiting. */
    private boolean isClientTooSlow(long now) {
        boolean clientAwaited =
                (pump != null && pump.isSinkBlocked()) || (attempt != null && attempt.isClientAwaited());
        if (pace == null) {
            if (!clientAwaited) {
                return false;
            }
            pace = new PaceCheck(settings.pace());
        }
        return pace.isTooSlow(clientAwaited, exchange.getResponseBytesSent() + intake.received(), now);
    }

    /** What moves to an instance that has answered is an upload like any other. */
    private boolean isUploadTooSlow(long now) {
        boolean clientAwaited = attempt != null && attempt.isClientAwaited();
        return intake.isTooSlow(clientAwaited, sentAt, now)
                // Nor may an instance that has answered leave the rest of the body where it is.
                || now - Math.max(lastMoved(), sentAt)
                        > settings.timeouts().requestBody().toNanos();
    }

    private boolean hasLingered(long now) {
        return now - Math.max(touched, sentAt) > LINGER.toNanos() || now - sentAt > LINGER_AT_MOST.toNanos();
    }

    /** In either direction. */
    private long lastMoved() {
        return Math.max(touched, intake.lastMoved());
    }

    /** What is not out yet stays away. */
    void cutShort() {
        cutShort = true;
    }

    /** Ends with the exchange. */
    void stop() {
        if (pump != null) {
            if (!sent && !cutShort && pump.isAtEnd()) {
                // Undertow tells of the end before the pump does.
                sentNow();
            }
            pump.stop();
        }
    }

    /** Whether the client was sent all of it; known once it has ended. */
    boolean isComplete() {
        return sent;
    }

    /** When its last byte was handed to the operating system, or {@code otherwise}. */
    long sentAt(long otherwise) {
        return sent ? sentAt : otherwise;
    }
}
