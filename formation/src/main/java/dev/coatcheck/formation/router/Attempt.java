package dev.coatcheck.formation.router;

import io.undertow.UndertowOptions;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.UndertowClient;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ImmediatePooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.channels.StreamSourceChannel;

/**
 * One try to have one instance answer a request: connects, sends, waits for the head of the response, and tells the
 * {@link Forwarding} how it went. It was counted in at its instance, and counts itself out exactly once.
 */
final class Attempt {
    private static final OptionMap CONNECTION_OPTIONS = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            // Counts the bytes that were really written: whether there were any decides what may be sent again.
            .set(UndertowOptions.ENABLE_STATISTICS, true)
            .getMap();

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
    private @Nullable ClientConnection connection;
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
        ClientConnection idle = upstream.idle(loop).take(begun);
        if (idle != null && mayReuse) {
            reused = true;
            send(idle);
            return;
        }
        if (idle != null) {
            // The new connection takes its place, or a series of POST would pile up connections that nobody uses.
            Connections.closeAtOnce(idle);
        }
        connect();
    }

    private void connect() {
        ClientCallback<ClientConnection> callback = new ClientCallback<>() {
            @Override
            public void completed(ClientConnection opened) {
                connected(opened);
            }

            @Override
            public void failed(IOException e) {
                notConnected();
            }
        };
        try {
            UndertowClient.getInstance()
                    .connect(callback, upstream.uri(), loop.thread(), router.buffers(), CONNECTION_OPTIONS);
        } catch (RuntimeException e) {
            notConnected();
        }
    }

    private void connected(ClientConnection opened) {
        if (phase == Phase.CONNECTING) {
            send(opened);
        } else {
            // Too late for this request; the next one will be glad of it.
            upstream.idle(loop).put(opened, System.nanoTime());
        }
    }

    private void notConnected() {
        if (phase == Phase.CONNECTING) {
            router.failed(upstream, true, "accepts no connection");
            end();
            forwarding.notSent(this);
        }
    }

    private void send(ClientConnection to) {
        phase = Phase.SENDING;
        connection = to;
        lastSent = System.nanoTime();
        to.getStatistics().reset();
        HttpServerExchange exchange = forwarding.exchange();
        ClientRequest request =
                new ClientRequest().setMethod(exchange.getRequestMethod()).setPath(RequestTarget.originForm(exchange));
        forwarding.copyRequestHeaders(request.getRequestHeaders());
        to.sendRequest(request, new ClientCallback<>() {
            @Override
            public void completed(ClientExchange begun) {
                sending(begun);
            }

            @Override
            public void failed(IOException e) {
                broke();
            }
        });
    }

    private void sending(ClientExchange begunExchange) {
        sending = begunExchange;
        if (forwarding.isContinueAwaited()) {
            begunExchange.setContinueHandler(exchange -> forwarding.sendContinue());
        }
        begunExchange.setResponseListener(new ClientCallback<>() {
            @Override
            public void completed(ClientExchange exchange) {
                responded(exchange);
            }

            @Override
            public void failed(IOException e) {
                broke();
            }
        });
        if (phase == Phase.SENDING) {
            switch (forwarding.body()) {
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
                forwarding.bodyMoved(read);
            }

            @Override
            public void finished() {
                lastSent = System.nanoTime();
                if (streams) {
                    forwarding.requestRead();
                }
                giveBack();
            }

            @Override
            public void sourceFailed(IOException failure) {
                forwarding.bodyFailed(failure);
            }

            @Override
            public void sinkFailed(IOException failure) {
                // The instance wants no more, perhaps because it has answered already: that is read next.
                if (streams) {
                    forwarding.bodyNotWanted();
                }
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
                broke();
            }
        }
    }

    /** From here on the client sees this instance's response, and there is no way back. */
    void answering() {
        phase = Phase.ANSWERED;
        router.answered(upstream);
    }

    /** The connection failed before there was anything to pass on. */
    private void broke() {
        if (phase == Phase.SENDING) {
            boolean wroteNothing =
                    connection == null || connection.getStatistics().getWritten() == 0;
            if (!reused) {
                // One that had been idle may have been closed for that, which says nothing about the instance.
                router.failed(upstream, false, "breaks connections before it answers");
            }
            end();
            if (wroteNothing) {
                forwarding.notSent(this);
            } else {
                forwarding.diedUnanswered(this);
            }
        }
    }

    void tick(long now) {
        RouterSettings.Timeouts limits = router.settings().timeouts();
        if (phase == Phase.CONNECTING && now - begun > limits.connect().toNanos()) {
            notConnected();
        } else if (phase == Phase.SENDING && isClientAwaited()) {
            if (now - lastSent > limits.requestBody().toNanos()) {
                forwarding.refuse(Refusal.BODY_TOO_SLOW);
            }
        } else if (phase == Phase.SENDING && now - lastSent > limits.response().toNanos()) {
            router.failed(upstream, false, "does not answer in time");
            forwarding.refuse(Refusal.timedOut(limits.response()));
        }
    }

    /** Whether it is the client's turn, to send more of the body. */
    private boolean isClientAwaited() {
        return requestPump != null
                && !forwarding.exchange().isRequestComplete()
                && !requestPump.isSinkBlocked()
                && !forwarding.isContinueAwaited();
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
            if (connection.isOpen() && !connection.isUpgraded()) {
                upstream.idle(loop).put(connection, System.nanoTime());
            } else {
                Connections.closeAtOnce(connection);
            }
            connection = null;
        }
    }

    /** Hands the connection over, to whoever speaks another protocol on it. */
    void handOver() {
        connection = null;
    }

    /** Ends the attempt in whatever phase it is. A connection that is still in use is closed. */
    void end() {
        phase = Phase.OVER;
        if (requestPump != null) {
            requestPump.stop();
        }
        if (connection != null) {
            Connections.closeAtOnce(connection);
            connection = null;
        }
        if (!countedOut) {
            countedOut = true;
            upstream.leave();
        }
    }
}
