package dev.coatcheck.prove.play;

import dev.coatcheck.prove.scenario.ContentTypes;
import dev.coatcheck.prove.scenario.Request;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.protocol.HttpCoreContext;
import org.apache.hc.core5.http.protocol.RequestContent;
import org.apache.hc.core5.util.Timeout;

/**
 * Sends one request on a connection of its own and reads its response. The library's client would keep connections, follow
 * redirects and add headers; its connection does what it is told.
 *
 * <p>The exchange runs in a virtual thread, because interrupting one closes the socket at which it waits: so that the time
 * limit holds for the whole, however slowly the bytes come.
 */
final class Wire {
    private static final Http1Config LIMITS = Http1Config.custom()
            .setMaxLineLength(64 << 10)
            .setMaxHeaderCount(1000)
            .build();
    private static final HttpRequestExecutor EXECUTOR = new HttpRequestExecutor();

    /** What follows the head of an answer that switches is no HTTP: nothing of it is to be read ahead. */
    private static final Http1Config NO_FURTHER_THAN_THE_HEAD =
            Http1Config.copy(LIMITS).setBufferSize(1).build();

    /** Who says nothing for so long after the beginning of a stream of events waits for something to happen. */
    private static final Duration QUIET = Duration.ofSeconds(1);

    private static final Timeout A_LOOK = Timeout.ofMilliseconds(1);

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final int OK = 200;

    private final PlaySettings settings;
    private final Midway midway;
    private Optional<OpenSocket> opened = Optional.empty();
    private Duration searched = Duration.ZERO;

    /** @param midway is done in the middle of each body that is sent */
    Wire(PlaySettings settings, Midway midway) {
        this.settings = settings;
        this.midway = midway;
    }

    /** How long it took so far to find connections to who is to answer; none of it counts as the time of a request. */
    Duration searched() {
        return searched;
    }

    /** What stays open of the last exchange; whoever takes it closes it. */
    Optional<OpenSocket> takeOpened() {
        Optional<OpenSocket> taken = opened;
        opened = Optional.empty();
        return taken;
    }

    /** What stays open of an exchange, until it is taken, or nobody waits for it any more. */
    private static final class Kept {
        private Optional<OpenSocket> socket = Optional.empty();
        private boolean givenUp;

        synchronized void keep(OpenSocket opened) {
            if (givenUp) {
                opened.close();
            } else {
                socket = Optional.of(opened);
            }
        }

        synchronized Optional<OpenSocket> take() {
            Optional<OpenSocket> taken = socket;
            socket = Optional.empty();
            return taken;
        }

        synchronized void giveUp() {
            givenUp = true;
            take().ifPresent(OpenSocket::close);
        }
    }

    Outcome send(PreparedRequest prepared, Target target) throws InterruptedException {
        Duration limit = settings.limit();
        CountDownLatch found = new CountDownLatch(1);
        Kept kept = new Kept();
        FutureTask<Outcome> exchange = new FutureTask<>(() -> exchange(prepared, target, found, kept));
        Thread.ofVirtual().name("step to " + target.instance()).start(exchange);
        try {
            searched = searched.plus(waited(found, target.choice().limit().plus(limit)));
            Outcome outcome = exchange.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            opened = kept.take();
            return outcome;
        } catch (TimeoutException e) {
            return new Outcome.Failed(
                    prepared.sent(), Outcome.Failure.TIMED_OUT, "no whole response within " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw new IllegalStateException("sending " + prepared.sent().target() + " went wrong", e.getCause());
        } finally {
            // Does nothing where it is over, and was taken.
            exchange.cancel(true);
            kept.giveUp();
        }
    }

    private static Duration waited(CountDownLatch latch, Duration most) throws InterruptedException {
        long start = System.nanoTime();
        // In vain or not: the exchange has its own limit from then on.
        boolean _ = latch.await(most.toNanos(), TimeUnit.NANOSECONDS);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private Outcome exchange(PreparedRequest prepared, Target target, CountDownLatch found, Kept kept) {
        SentRequest sent = prepared.sent();
        Socket socket;
        try {
            socket = connected(target, found);
        } catch (IOException e) {
            return new Outcome.Failed(sent, Outcome.Failure.NOT_CONNECTED, target.address() + ": " + e.getMessage());
        }
        boolean switches = sent.method().equals(Request.WEBSOCKET);
        Connected connected = new Connected(
                socket, new DefaultBHttpClientConnection(switches ? NO_FURTHER_THAN_THE_HEAD : LIMITS), target, kept);
        try (connected) {
            connected.connection().bind(socket);
            Response response = switches ? switched(prepared, connected) : answered(prepared, connected);
            return new Outcome.Answered(sent, response);
        } catch (HttpException e) {
            return new Outcome.Failed(sent, Outcome.Failure.MALFORMED, String.valueOf(e.getMessage()));
        } catch (NoHttpResponseException e) {
            return new Outcome.Failed(sent, connected.failure, "the connection was closed without a response");
        } catch (IOException e) {
            return new Outcome.Failed(sent, connected.failure, String.valueOf(e.getMessage()));
        }
    }

    /** A connection of one exchange; closed at its end unless it stays open. */
    private static final class Connected implements Closeable {
        private final Socket socket;
        private final DefaultBHttpClientConnection connection;
        private final Target target;
        private final Kept kept;
        private Outcome.Failure failure = Outcome.Failure.NO_RESPONSE;
        private boolean staysOpen;

        Connected(Socket socket, DefaultBHttpClientConnection connection, Target target, Kept kept) {
            this.socket = socket;
            this.connection = connection;
            this.target = target;
            this.kept = kept;
        }

        void staysOpen(OpenSocket opened) {
            staysOpen = true;
            kept.keep(opened);
        }

        DefaultBHttpClientConnection connection() {
            return connection;
        }

        boolean hasBegunToAnswer() throws IOException {
            return connection.isStale() || connection.isDataAvailable(A_LOOK);
        }

        @Override
        public void close() throws IOException {
            if (!staysOpen) {
                connection.close();
                socket.close();
            }
        }
    }

    private Response answered(PreparedRequest prepared, Connected connected) throws HttpException, IOException {
        // Not closed here: that would read a stream of events to its end. Its connection is closed.
        ClassicHttpResponse response =
                EXECUTOR.execute(request(prepared, connected), connected.connection, HttpCoreContext.create());
        connected.failure = Outcome.Failure.CUT_OFF;
        return isEventStream(response) ? streamed(response, connected) : received(response);
    }

    private static boolean isEventStream(ClassicHttpResponse response) {
        org.apache.hc.core5.http.Header type = response.getFirstHeader("Content-Type");
        return response.getCode() == OK
                && response.getEntity() != null
                && type != null
                && type.getValue().toLowerCase(Locale.ROOT).startsWith(ContentTypes.EVENT_STREAM);
    }

    private Response streamed(ClassicHttpResponse response, Connected connected) throws IOException {
        return switch (EventStream.begin(
                connected.socket,
                connected.target,
                connected.connection,
                response.getEntity().getContent(),
                QUIET)) {
            case EventStream.Beginning.Whole(Content content) -> received(response, content);
            case EventStream.Beginning.Open(EventStream stream) -> {
                connected.staysOpen(stream);
                yield received(response, Content.of(new byte[0]));
            }
        };
    }

    private Response switched(PreparedRequest prepared, Connected connected) throws HttpException, IOException {
        DefaultBHttpClientConnection connection = connected.connection;
        connection.sendRequestHeader(request(prepared, connected));
        connection.flush();
        ClassicHttpResponse response;
        do {
            response = connection.receiveResponseHeader();
        } while (response.getCode() < OK && response.getCode() != SWITCHING_PROTOCOLS);
        if (response.getCode() != SWITCHING_PROTOCOLS) {
            connected.failure = Outcome.Failure.CUT_OFF;
            connection.receiveResponseEntity(response);
            return received(response);
        }
        Response head = received(response, Content.of(new byte[0]));
        String key = prepared.sent().headers().stream()
                .filter(header -> header.name().equals(Rendering.KEY))
                .map(Header::value)
                .findFirst()
                .orElseThrow();
        if (head.header("Sec-WebSocket-Accept")
                .filter(WebSocket.acceptOf(key)::equals)
                .isEmpty()) {
            throw new ProtocolException("it switches, but answers another key than it was sent");
        }
        connected.staysOpen(new WebSocket(connected.socket, connected.target));
        return head;
    }

    private Socket opened(Target target, Duration connectLimit) throws IOException {
        int limit = millis(settings.limit());
        Socket socket = new Socket();
        try {
            InetSocketAddress there = new InetSocketAddress(target.address().getHost(), target.port());
            Optional<InetAddress> from = settings.localAddress().filter(own -> isOfSameKind(own, there));
            if (from.isPresent()) {
                socket.bind(new InetSocketAddress(from.get(), 0));
            }
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(limit);
            socket.connect(there, Math.min(limit, millis(connectLimit)));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** From an address of IPv4 nobody reaches one of IPv6, and from one of this machine's own none outside it. */
    private static boolean isOfSameKind(InetAddress own, InetSocketAddress there) {
        return !there.isUnresolved()
                && own.getClass().equals(there.getAddress().getClass())
                && own.isLoopbackAddress() == there.getAddress().isLoopbackAddress();
    }

    private static int millis(Duration limit) {
        return Math.clamp(TimeUnit.MILLISECONDS.convert(limit), 1, Integer.MAX_VALUE);
    }

    private Socket connected(Target target, CountDownLatch found) throws IOException {
        if (target.choice().limit().isZero()) {
            found.countDown();
        }
        Socket socket;
        try {
            socket = target.choice().choose(limit -> opened(target, limit));
        } finally {
            found.countDown();
        }
        try {
            return target.secure() ? secured(socket, target) : socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket secured(Socket socket, Target target) throws IOException {
        if (!(SSLSocketFactory.getDefault() instanceof SSLSocketFactory factory)) {
            throw new IOException("this Java has no TLS");
        }
        Socket secured = factory.createSocket(socket, target.host(), target.port(), true);
        if (secured instanceof SSLSocket tls) {
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.startHandshake();
        }
        return secured;
    }

    private ClassicHttpRequest request(PreparedRequest prepared, Connected connected)
            throws HttpException, IOException {
        SentRequest sent = prepared.sent();
        String method = sent.method().equals(Request.WEBSOCKET) ? "GET" : sent.method();
        ClassicHttpRequest request = new BasicClassicHttpRequest(method, sent.target());
        sent.headers().forEach(header -> request.addHeader(header.name(), header.value()));
        prepared.entity()
                .map(entity -> midway.equals(Midway.NOTHING)
                        ? entity
                        : new HaltingEntity(entity, midway, connected::hasBegunToAnswer))
                .ifPresent(request::setEntity);
        new RequestContent(true).process(request, request.getEntity(), HttpCoreContext.create());
        return request;
    }

    private static Response received(ClassicHttpResponse response) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return received(response, Content.of(new byte[0]));
        }
        try (InputStream stream = entity.getContent()) {
            return received(response, Content.read(stream));
        }
    }

    private static Response received(ClassicHttpResponse response, Content content) {
        List<Header> headers = new ArrayList<>();
        for (org.apache.hc.core5.http.Header header : response.getHeaders()) {
            headers.add(new Header(header.getName(), String.valueOf(header.getValue())));
        }
        Response whole = new Response(response.getCode(), headers, content);
        return new Response(whole.status(), headers, unzipped(whole));
    }

    /** Where the scenario itself asks for gzip: what is compared is the page, not its compression. */
    private static Content unzipped(Response response) {
        if (response.header("Content-Encoding").filter("gzip"::equalsIgnoreCase).isEmpty()
                || !response.content().isComplete()) {
            return response.content();
        }
        try (InputStream stream =
                new GZIPInputStream(new ByteArrayInputStream(response.content().bytes()))) {
            return Content.of(stream.readNBytes(Content.KEPT));
        } catch (IOException e) {
            return response.content();
        }
    }
}
