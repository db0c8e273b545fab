package dev.coatcheck.formation.router;

import io.undertow.conduits.HeadStreamSinkConduit;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.AbstractHttp2StreamSourceChannel;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.ConnectorStatistics;
import io.undertow.server.Connectors;
import io.undertow.server.DelegateOpenListener;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http2.Http2ServerConnection;
import io.undertow.util.BadRequestException;
import io.undertow.util.Methods;
import io.undertow.util.ParameterLimitException;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;

/**
 * Takes connections whose clients have chosen HTTP/2, and makes each stream an exchange. It stands in the place of
 * Undertow's own listener, which bounds neither streams nor resets, takes the scheme from the client's word, and cannot
 * end a stream without a failure.
 */
final class Http2Front implements DelegateOpenListener {
    private final ByteBufferPool buffers;
    private final Function<XnioIoThread, EventLoop> loops;
    private final Duration keepAlive;
    private final BiConsumer<HttpServerExchange, ClientEnd> requests;
    private final Set<Http2Client> clients = ConcurrentHashMap.newKeySet();
    private OptionMap options;
    private volatile boolean leaving;

    /** @param requests gets each request whose head is proper */
    Http2Front(
            ByteBufferPool buffers,
            OptionMap options,
            Function<XnioIoThread, EventLoop> loops,
            Duration keepAlive,
            BiConsumer<HttpServerExchange, ClientEnd> requests) {
        this.buffers = buffers;
        this.options = options;
        this.loops = loops;
        this.keepAlive = keepAlive;
        this.requests = requests;
    }

    /** From now on clients are told to go as soon as nothing is under way for them. */
    void leave() {
        leaving = true;
        for (Http2Client client : clients) {
            try {
                client.channel().getIoThread().execute(client::leave);
            } catch (RejectedExecutionException loopEnded) {
                // Its connections have ended with it.
            }
        }
    }

    @Override
    public void handleEvent(StreamConnection connection) {
        handleEvent(connection, null);
    }

    @Override
    public void handleEvent(StreamConnection connection, @Nullable PooledByteBuffer read) {
        Http2Channel channel = new WholeHeadChannel(connection, buffers, read, options);
        EventLoop loop = loops.apply(channel.getIoThread());
        Http2Client client = new Http2Client(channel, connection, loop, keepAlive);
        loop.begin(client);
        clients.add(client);
        channel.addCloseTask(closed -> clients.remove(client));
        channel.getReceiveSetter().set(ready -> receive(client));
        channel.resumeReceives();
        if (leaving) {
            client.leave();
        }
    }

    private void receive(Http2Client client) {
        try {
            AbstractHttp2StreamSourceChannel frame = client.channel().receive();
            if (frame instanceof Http2StreamSourceChannel stream) {
                begin(client, stream);
            }
        } catch (IOException | RuntimeException e) {
            IoUtils.safeClose(client.channel());
        }
    }

    private void begin(Http2Client client, Http2StreamSourceChannel stream) {
        // Undertow goes on to read a head that has become too long, after it has told the client to go because of it.
        if (client.channel().isThisGoneAway() || !client.admit()) {
            refuse(client, stream, Http2Channel.ERROR_REFUSED_STREAM);
            return;
        }
        Http2Head head = Http2Head.of(stream.getHeaders(), !stream.isOpen());
        HttpServerExchange exchange = head == null ? null : exchange(client, stream, head);
        if (exchange == null) {
            refuse(client, stream, Http2Channel.ERROR_PROTOCOL_ERROR);
            client.streamOver(false);
            return;
        }
        ClientEnd end = new Http2Stream(client, stream, exchange);
        Connectors.executeRootHandler(admitted -> requests.accept(admitted, end), exchange);
    }

    private @Nullable HttpServerExchange exchange(Http2Client client, Http2StreamSourceChannel stream, Http2Head head) {
        Http2ServerConnection connection =
                new Http2ServerConnection(client.channel(), stream, options, buffers.getBufferSize(), null);
        HttpServerExchange exchange = new HttpServerExchange(
                connection, head.fields(), stream.getResponseChannel().getHeaders(), -1);
        exchange.setRequestScheme("https");
        exchange.setRequestMethod(Methods.fromString(head.method()));
        exchange.setProtocol(Protocols.HTTP_2_0);
        try {
            Connectors.setExchangeRequestPath(
                    exchange,
                    head.path(),
                    null,
                    false,
                    false,
                    new StringBuilder(),
                    head.path().length());
        } catch (BadRequestException | ParameterLimitException e) {
            return null;
        }
        if (head.method().equals(Methods.HEAD_STRING)) {
            exchange.addResponseWrapper((factory, of) -> new HeadStreamSinkConduit(factory.create(), null, true));
        }
        stream.getResponseChannel().setCompletionListener(written -> Connectors.terminateResponse(exchange));
        if (stream.isOpen()) {
            stream.setCompletionListener(read -> Connectors.terminateRequest(exchange));
        } else {
            Connectors.terminateRequest(exchange);
        }
        return exchange;
    }

    private static void refuse(Http2Client client, Http2StreamSourceChannel stream, int reason) {
        client.channel().sendRstStream(stream.getStreamId(), reason);
        // Lets go of what has arrived of the body; the reset has been sent already.
        stream.setIgnoreForceClose(true);
        IoUtils.safeClose(stream);
    }

    @Override
    public void closeConnections() {
        clients.forEach(Http2Client::close);
    }

    @Override
    public @Nullable HttpHandler getRootHandler() {
        return null;
    }

    @Override
    public void setRootHandler(HttpHandler handler) {
        // Requests go where the constructor was told.
    }

    @Override
    public OptionMap getUndertowOptions() {
        return options;
    }

    @Override
    public void setUndertowOptions(OptionMap newOptions) {
        options = newOptions;
    }

    @Override
    public ByteBufferPool getBufferPool() {
        return buffers;
    }

    @Override
    public @Nullable ConnectorStatistics getConnectorStatistics() {
        return null;
    }
}
