package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one request as it comes from its client: read ahead where it is small, counted, held to its limits in size
 * and pace. Tells the {@link Forwarding} where it breaks one.
 */
final class RequestIntake {
    private final HttpServerExchange exchange;
    private final Forwarding forwarding;
    private final RouterSettings settings;
    private final BufferBudget budget;
    private RequestBody body = new RequestBody.None();
    private int budgetTaken;
    private long received;
    private long lastMoved = System.nanoTime();
    private @Nullable PaceCheck pace;

    RequestIntake(HttpServerExchange exchange, Forwarding forwarding, RouterContext router) {
        this.exchange = exchange;
        this.forwarding = forwarding;
        this.settings = router.settings();
        this.budget = router.budget();
    }

    /** Runs {@code ready}, at once or later, as soon as an instance can be asked. */
    void start(Runnable ready) {
        int size = BodyReader.bufferSize(exchange, settings.limits());
        if (size > 0 && budget.reserve(size)) {
            budgetTaken = size;
        }
        BodyReader.read(exchange, budgetTaken, read -> begin(read, ready), this::failed, this::arrived);
    }

    private void begin(RequestBody read, Runnable ready) {
        body = read;
        if (read instanceof RequestBody.Streamed streamed) {
            received = streamed.arrivedBytes();
        }
        ready.run();
    }

    private void arrived(int inAll) {
        lastMoved = System.nanoTime();
        received = inAll;
    }

    RequestBody body() {
        return body;
    }

    long received() {
        return received;
    }

    long lastMoved() {
        return lastMoved;
    }

    /** Bytes of the body were read from the client, or written to an instance. */
    void moved(long read) {
        lastMoved = System.nanoTime();
        if (read > 0 && body instanceof RequestBody.Streamed streamed) {
            streamed.begun();
        }
        received += read;
        if (received > settings.limits().bodyBytes()) {
            forwarding.refuse(Refusal.bodyTooLarge(settings.limits().bodyBytes()));
        }
    }

    /** The body cannot be read: it is malformed, or the client is gone. */
    void failed(IOException failure) {
        if (failure instanceof ChunkedBody.Malformed) {
            forwarding.refuse(Refusal.MALFORMED);
        } else {
            forwarding.cut();
        }
    }

    /** Whether the client waits to be told that it may send the body. */
    boolean isContinueAwaited() {
        return received == 0 && ContinueResponse.isAwaited(exchange);
    }

    void sendContinue() {
        if (isContinueAwaited()) {
            ContinueResponse.send(exchange, forwarding::cut);
        }
    }

    /**
     * Whether the client has been waited for too long, or for too little. To be asked at each tick.
     *
     * @param awaited whether it is the client that is waited for
     * @param since from when on it may have been waited for at the earliest
     */
    boolean isTooSlow(boolean awaited, long since, long now) {
        if (pace == null) {
            if (!awaited) {
                return false;
            }
            pace = new PaceCheck(settings.pace());
        }
        boolean tooLittle = pace.isTooSlow(awaited, received, now);
        long quiet = now - Math.max(lastMoved, since);
        return tooLittle
                || (awaited && quiet > settings.timeouts().requestBody().toNanos());
    }

    /** The request is over; what was kept of it may go. */
    void over() {
        budget.release(budgetTaken);
    }
}
