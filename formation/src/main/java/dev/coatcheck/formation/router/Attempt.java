package dev.coatcheck.formation.router;

import static java.util.Objects.requireNonNull;

import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ImmediatePooledByteBuffer;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/**
 * One try to have one instance answer a request: connects, sends, waits for the head of the response, and tells the
 * {@link Forwarding} how it went. It was counted in at its instance, and counts itself out exactly once.
 */
final class Attempt {
    private enum Phase {
        CONNECTING,
        SENDING,
        ANSWERED,
        OVER
    }

    private final Forwarding forwarding;
    private final Upstream upstream;
    private final EventLoop loop;
    private final RouterContext router;
    private final long begun = System.nanoTime();

    private Phase phase = Phase.CONNECTING;
    private boolean reused;
    private @Nullable InstanceConnection connection;
    private @Nullable ClientExchange sending;
    private @Nullable Pump requestPump;
    private boolean responseRead;
    private boolean countedOut;
    private long lastSent = begun;

    Attempt(Forwarding forwarding, Upstream upstream, EventLoop loop, RouterContext router) {
        this.forwarding = forwarding;
        this.upstream = upstream;
        this.loop = loop;
        this.router = router;
    }

    Upstream upstream() {
        return upstream;
    }

    /** Whether the request went out on a connection that had served another one before. */
    boolean isReused() {
        return reused;
    }

    /**
     * Begins.
     *
     * @param mayReuse whether a connection will do that the instance may be closing at this moment, because the request
     *     can be sent again
     */
    void start(boolean mayReuse) {
        InstanceConnection idle = upstream.idle(loop).take(begun);
        if (idle != null && mayReuse) {
            reused = true;
            send(idle);
            return;
        }
        if (idle != null) {
            // The new connection takes its place, or a series of POST would pile up connections that nobody uses.
            idle.closeAtOnce();
        }
        connect();
    }

    private void connect() {
        ClientCallback<InstanceConnection> callback = new ClientCallback<>() {
            @Override
            public void completed(InstanceConnection opened) {
                connected(opened);
            }

            @Override
            public void failed(IOException e) {
                notConnected(e);
            }
        };
        try {
            loop.dialer().connect(upstream.uri(), router.buffers(), callback);
        } catch (RuntimeException e) {
            notConnected(new IOException(e));
        }
    }

    private void connected(InstanceConnection opened) {
        if (phase == Phase.CONNECTING) {
            send(opened);
        } else {
            // Too late for this request; the next one will be glad of it.
            upstream.idle(loop).put(opened);
        }
    }

    private void notConnected(IOException failure) {
        if (phase == Phase.CONNECTING) {
            if (failure instanceof ConnectException) {
                router.failed(upstream, true, "accepts no connection");
            } else {
                // This machine has no file descriptor left, or no TCP port, or no route: no fault of the instance's.
                router.cannotConnect(upstream, failure);
            }
            end();
            forwarding.notSent(this);
        }
    }

    private void send(InstanceConnection to) {
        phase = Phase.SENDING;
        connection = to;
        lastSent = System.nanoTime();
        HttpServerExchange exchange = forwarding.exchange();
        ClientRequest request =
                new ClientRequest().setMethod(exchange.getRequestMethod()).setPath(RequestTarget.originForm(exchange));
        forwarding.copyRequestHeaders(request.getRequestHeaders());
        to.send(request, this::continued, new ClientCallback<>() {
            @Override
            public void completed(ClientExchange begun) {
                sending(begun);
            }

            @Override
            public void failed(IOException e) {
                broke(e);
            }
        });
    }

    private void continued() {
        if (phase == Phase.SENDING) {
            forwarding.intake().sendContinue();
        }
    }

    private void sending(ClientExchange begunExchange) {
        sending = begunExchange;
        begunExchange.setResponseListener(new ClientCallback<>() {
            @Override
            public void completed(ClientExchange exchange) {
                responded(exchange);
            }

            @Override
            public void failed(IOException e) {
                broke(e);
            }
        });
        if (phase == Phase.SENDING) {
            switch (forwarding.intake().body()) {
                case RequestBody.None none -> {}
                case RequestBody.Buffered buffered ->
                    pumpRequest(null, buffered.content().duplicate(), begunExchange);
                case RequestBody.Streamed streamed -> pumpRequest(streamed.rest(), streamed.arrived(), begunExchange);
            }
        }
    }

    private void pumpRequest(
            @Nullable StreamSourceChannel source, @Nullable ByteBuffer content, ClientExchange begunExchange) {
        boolean streams = source != null;
        PooledByteBuffer first = content == null ? null : new ImmediatePooledByteBuffer(content);
        Pump pump = new Pump(source, begunExchange.getRequestChannel(), first, router.buffers(), new Pump.Observer() {
            @Override
            public void moved(long read) {
                lastSent = System.nanoTime();
                forwarding.intake().moved(read);
            }

            @Override
            public void finished() {
                lastSent = System.nanoTime();
                giveBack();
                if (streams) {
                    forwarding.requestRead();
                }
                forwarding.requestPassedOn();
            }

            @Override
            public void sourceFailed(IOException failure) {
                forwarding.intake().failed(failure);
            }

            @Override
            public void sinkFailed(IOException failure) {
                // The instance wants no more, perhaps because it has answered already: that is read next.
                if (streams) {
                    forwarding.bodyNotWanted();
                }
                forwarding.requestPassedOn();
            }
        });
        requestPump = pump;
        pump.start();
    }

    private void responded(ClientExchange exchange) {
        if (phase == Phase.SENDING) {
            try {
                new ResponseRelay(forwarding, this, exchange, loop, router).start();
            } catch (IOException e) {
                broke(e);
            }
        }
    }

    /** From here on the client sees this instance's response, and there is no way back. */
    void answering() {
        phase = Phase.ANSWERED;
        router.answered(upstream);
    }

    /** The connection failed before there was anything to pass on. */
    private void broke(IOException failure) {
        if (phase == Phase.SENDING) {
            boolean wroteNothing = connection == null || !connection.hasSent();
            boolean responseBegun = connection != null && connection.hasReceived();
            boolean understood = connection == null || connection.isUnderstood();
            if (failure instanceof InterimResponses.TooMany || (!understood && !reused)) {
                // It has answered, and would answer so again. On a connection that was used before it may be the rest
                // of the
                // response before.
                forwarding.refuse(Refusal.BAD_RESPONSE);
                return;
            }
            if (!reused) {
                // One that had been idle may have been closed for that, which says nothing about the instance.
                router.failed(upstream, false, "breaks connections before it answers");
            }
            end();
            if (wroteNothing) {
                forwarding.notSent(this);
            } else {
                forwarding.diedUnanswered(this, responseBegun);
            }
        }
    }

    void tick(long now) {
        RouterSettings.Timeouts limits = router.settings().timeouts();
        if (phase == Phase.CONNECTING && now - begun > limits.connect().toNanos()) {
            notConnected(new ConnectException("timed out"));
        } else if (phase == Phase.SENDING && isClientTooSlow(now)) {
            forwarding.refuse(Refusal.BODY_TOO_SLOW);
        } else if (phase == Phase.SENDING && isClientAwaited()) {
            // Its own limits are looked at; the instance's begin when it has the whole request.
            return;
        } else if (phase == Phase.SENDING && now - lastSent > limits.response().toNanos()) {
            router.failed(upstream, false, "does not answer in time");
            forwarding.refuse(Refusal.timedOut(limits.response()));
        }
    }

    private boolean isClientTooSlow(long now) {
        return requestPump != null && forwarding.intake().isTooSlow(isClientAwaited(), lastSent, now);
    }

    /** Whether it is the client's turn, to send more of the body. */
    boolean isClientAwaited() {
        Pump pump = requestPump;
        return pump != null
                && pump.isRunning()
                && !forwarding.exchange().isRequestComplete()
                && !pump.isSinkBlocked()
                && !forwarding.intake().isContinueAwaited();
    }

    /** Whether the instance is still being sent the body of the request. */
    boolean isSending() {
        return requestPump != null && requestPump.isRunning();
    }

    /** Whether that needs nothing of the client any longer. */
    boolean isOnlySending() {
        return requestPump != null && requestPump.isOnlyWriting();
    }

    /** The last byte of the response was read; the connection is free once the request is sent in full, too. */
    void responseRead() {
        responseRead = true;
        giveBack();
    }

    private void giveBack() {
        if (responseRead
                && connection != null
                && sending != null
                && !sending.getRequestChannel().isOpen()) {
            if (connection.isReusable()) {
                upstream.idle(loop).put(connection);
            } else {
                connection.closeAtOnce();
            }
            connection = null;
        }
    }

    /** Hands the connection over, to whoever speaks another protocol on it. */
    InstanceConnection handOver() {
        InstanceConnection handed = requireNonNull(connection);
        connection = null;
        return handed;
    }

    /** Ends the attempt in whatever phase it is. A connection that is still in use is closed. */
    void end() {
        phase = Phase.OVER;
        if (requestPump != null) {
            requestPump.stop();
        }
        if (connection != null) {
            connection.closeAtOnce();
            connection = null;
        }
        if (!countedOut) {
            countedOut = true;
            upstream.leave();
        }
    }
}
