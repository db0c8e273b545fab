package dev.coatcheck.formation.router;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/**
 * Accepts HTTP/1.1 requests and WebSockets on one TCP port, with TLS those of HTTP/2 too, and hands each to any instance
 * that is ready: the one with the fewest requests in flight, and among equals the next in turn. There is no affinity of
 * any kind.
 *
 * <ul>
 *   <li>An instance that refuses a connection costs the client nothing: another one is asked. One that dies before it
 *       answers is replaced by another one where the request can be sent again: its method is idempotent and its body
 *       was small enough to keep. Other requests are answered 502, and never sent twice.
 *   <li>While no instance is ready, requests wait in order, bounded in number and age, then get 503.
 *   <li>Bodies stream both ways, and a response is passed on as it comes; memory does not grow with their size.
 *   <li>Malformed requests are answered 400 and reach no instance.
 * </ul>
 *
 * <p>A request stays on the I/O thread that accepted its client, so that it costs no hand-over between threads. Safe
 * for use by several threads.
 *
 * <pre>{@code
 * try (Router router = Router.start(RouterSettings.defaults().withPort(8080), access -> {})) {
 *     Upstream first = router.add("web.1", new InetSocketAddress("127.0.0.1", 5001));
 *     // … and to replace it, once another one is ready and added:
 *     first.remove();
 *     first.awaitIdle(Duration.ofSeconds(30));
 * }
 * }</pre>
 */
public final class Router implements AutoCloseable {
    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int BACKLOG = 1024;

    /** Clients of WebSockets come back at once when they are closed; not all of them shall do so at once. */
    private static final Duration LEAVE_WITHIN = Duration.ofSeconds(2);

    /** Of the drain time, for what is told at its end to be heard. */
    private static final Duration LAST_WORDS = Duration.ofMillis(200);

    private final RouterContext context;
    private final AddressLimit addresses;
    private final XnioWorker worker;
    private final List<EventLoop> loops;
    private final List<XnioExecutor.Key> ticking;
    private final HttpOpenListener http1;
    private final Optional<TlsFront> tls;
    private final AcceptingChannel<? extends StreamConnection> listening;
    private final InetSocketAddress address;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Router(RouterSettings settings, Consumer<Access> accessLog, Consumer<Notice> notices) throws IOException {
        ByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER_BYTES, 1024, 12);
        context = new RouterContext(settings, buffers, accessLog, notices);
        addresses = new AddressLimit(context);
        worker = Xnio.getInstance()
                .createWorker(OptionMap.builder()
                        .set(Options.WORKER_NAME, "router-" + STARTED.incrementAndGet())
                        .set(Options.WORKER_IO_THREADS, settings.ioThreads())
                        // The arithmetic of TLS handshakes is done there, and nothing else.
                        .set(Options.WORKER_TASK_CORE_THREADS, 1)
                        .set(Options.WORKER_TASK_MAX_THREADS, settings.tls().isPresent() ? settings.ioThreads() : 1)
                        .set(Options.THREAD_DAEMON, true)
                        .getMap());
        try {
            loops = IntStream.range(0, settings.ioThreads())
                    .mapToObj(number -> new EventLoop(worker.getIoThread(number), context.rotation()))
                    .toList();
            OptionMap options = serverOptions(settings);
            http1 = new HttpOpenListener(buffers, options);
            http1.setRootHandler(exchange -> handle(exchange, new Http1Client(exchange)));
            tls = settings.tls()
                    .map(files -> TlsFront.of(files, http1, options, context, addresses, this::loop, this::handle));
            listening = listen(settings);
            address = listening.getLocalAddress(InetSocketAddress.class);
        } catch (IOException | RuntimeException e) {
            worker.shutdownNow();
            throw e;
        }
        ticking = loops.stream().map(EventLoop::startTicking).toList();
        tls.ifPresent(TlsFront::watchFiles);
        listening.resumeAccepts();
    }

    /** Begins to listen as {@link #start(RouterSettings, Consumer, Consumer)} does, without notices. */
    public static Router start(RouterSettings settings, Consumer<Access> accessLog) {
        return start(settings, accessLog, notice -> {});
    }

    /**
     * Begins to listen.
     *
     * @param accessLog is told of each request when it is over, on an I/O thread: it must return at once, and put
     *     whatever takes longer into a queue of its own
     * @param notices is told of what befalls the router itself, on any thread, and must return at once too
     * @throws UncheckedIOException if the address cannot be listened on
     * @throws InvalidTlsFilesException if the settings ask for TLS and its files cannot be used
     */
    public static Router start(RouterSettings settings, Consumer<Access> accessLog, Consumer<Notice> notices) {
        try {
            return new Router(settings, accessLog, notices);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The router cannot listen on " + settings.host() + ":" + settings.port() + " (" + e.getMessage()
                            + "). Choose another TCP port or address, or end what uses this one.",
                    e);
        }
    }

    /** The TCP port that the router listens on, also where the settings left the choice to the system. */
    public int port() {
        return address.getPort();
    }

    /** Whether only this machine can reach the router, because the address it listens on is a loopback address. */
    public boolean isLocal() {
        return address.getAddress().isLoopbackAddress();
    }

    /** What stands for the router's host in a URL that this machine can use, also where it listens on every address. */
    public String reachableHost() {
        InetAddress host = address.getAddress();
        String literal = host.isAnyLocalAddress() ? "127.0.0.1" : host.getHostAddress();
        return literal.indexOf(':') < 0 ? literal : "[" + literal + "]";
    }

    /**
     * Puts an instance into rotation, at once: the caller has made sure that it is ready. Requests that were held go on.
     *
     * @param instance its name, which need not be unique while an old one of that name is being drained
     * @param address where it listens, resolved
     */
    public Upstream add(String instance, InetSocketAddress address) {
        List<IdleConnections> idle = loops.stream()
                .map(loop ->
                        new IdleConnections(loop, context.settings().timeouts().upstreamKeepAlive()))
                .toList();
        Upstream upstream = new Upstream(
                instance, address, context.rotation(), idle, context.metrics().of(instance));
        context.rotation().add(upstream);
        context.releaseHeld();
        return upstream;
    }

    /**
     * Begins maintenance: requests that no instance has been asked to answer yet are held until {@link #resume()}, within
     * the bounds of {@link RouterSettings.Hold}, and answered 503 with {@code Retry-After} beyond them. Those in flight
     * finish, streams and tunnels go on, and instances may be added and removed. Calling it again changes nothing.
     *
     * <p>Once this returns, new requests are held; a few that had just arrived may still be on their way to an instance.
     */
    public void pause() {
        context.pause();
    }

    /** Ends maintenance: requests that were held go on, in order. Changes nothing where there was none. */
    public void resume() {
        context.resume();
    }

    /** Whether requests are held because of {@link #pause()}. */
    public boolean isPaused() {
        return context.isPaused();
    }

    /** How many requests wait at this moment: for an instance, or for the end of a pause. */
    public int held() {
        return context.held().size();
    }

    /** What it has done, and is doing. Costs nothing that a request would notice. */
    public RouterMetrics metrics() {
        return context.snapshot();
    }

    /**
     * Stops accepting, answers requests that are held with 503, tells WebSockets to go (1001) one after the other over
     * two seconds or half of the drain time, lets requests in flight finish, all within the drain time of the settings;
     * then closes every connection. Calling it again changes nothing.
     */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        listening.suspendAccepts();
        IoUtils.safeClose(listening);
        context.beginClosing();
        tls.ifPresent(TlsFront::leave);
        Duration halfOfDrain = context.settings().timeouts().drain().dividedBy(2);
        Duration within = halfOfDrain.compareTo(LEAVE_WITHIN) < 0 ? halfOfDrain : LEAVE_WITHIN;
        loops.forEach(loop -> loop.leave(within));
        boolean interrupted = Thread.interrupted();
        try {
            Duration drain = context.settings().timeouts().drain();
            Duration lastWords = drain.compareTo(LAST_WORDS) < 0 ? drain : LAST_WORDS;
            if (!context.awaitAll(drain.minus(lastWords))) {
                // A loop that had no tick in time tells now who can be told.
                loops.forEach(EventLoop::leaveNow);
                boolean _ = context.awaitAll(lastWords);
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        http1.closeConnections();
        tls.ifPresent(TlsFront::close);
        context.rotation().ready().forEach(Upstream::remove);
        ticking.forEach(XnioExecutor.Key::remove);
        // All of that was queued on the I/O threads, and comes before this.
        CountDownLatch done = new CountDownLatch(loops.size());
        loops.forEach(loop -> loop.execute(done::countDown));
        try {
            boolean orderly = done.await(5, TimeUnit.SECONDS);
            worker.shutdown();
            if (!orderly || !worker.awaitTermination(5, TimeUnit.SECONDS)) {
                worker.shutdownNow();
            }
        } catch (InterruptedException e) {
            worker.shutdownNow();
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private EventLoop loop(XnioIoThread thread) {
        return loops.get(thread.getNumber());
    }

    private void handle(HttpServerExchange exchange, ClientEnd client) {
        EventLoop loop = loop(exchange.getIoThread());
        exchange.dispatch(SameThreadExecutor.INSTANCE, new Forwarding(exchange, client, loop, context)::start);
    }

    private void accept(StreamConnection connection) {
        if (addresses.admit(connection, loop(connection.getIoThread()))) {
            http1.handleEvent(connection);
        }
    }

    private AcceptingChannel<? extends StreamConnection> listen(RouterSettings settings) throws IOException {
        OptionMap options = OptionMap.builder()
                .set(Options.WORKER_IO_THREADS, settings.ioThreads())
                .set(Options.TCP_NODELAY, true)
                .set(Options.REUSE_ADDRESSES, true)
                .set(Options.BACKLOG, BACKLOG)
                .set(Options.CONNECTION_HIGH_WATER, settings.limits().connections())
                .set(Options.CONNECTION_LOW_WATER, settings.limits().connections())
                .getMap();
        InetSocketAddress wanted = new InetSocketAddress(settings.host(), settings.port());
        if (wanted.isUnresolved()) {
            throw new UnknownHostException("nobody knows the host " + settings.host());
        }
        return tls.isPresent()
                ? tls.get().listen(worker, wanted, options)
                : worker.createStreamConnectionServer(
                        wanted, ChannelListeners.<StreamConnection>openListenerAdapter(this::accept), options);
    }

    private static OptionMap serverOptions(RouterSettings settings) {
        RouterSettings.Timeouts timeouts = settings.timeouts();
        RouterSettings.Limits limits = settings.limits();
        return OptionMap.builder()
                // Beyond our own limits, so that ours are what a client is told about; these only bound the parser.
                .set(UndertowOptions.MAX_HEADER_SIZE, limits.headBytes() * 2)
                .set(UndertowOptions.MAX_HEADERS, limits.headerFields() * 2)
                .set(UndertowOptions.MAX_PARAMETERS, limits.headBytes())
                .set(UndertowOptions.MAX_ENTITY_SIZE, -1L)
                .set(UndertowOptions.DECODE_URL, false)
                // RequestCheck decides which are let through.
                .set(UndertowOptions.ALLOW_UNESCAPED_CHARACTERS_IN_URL, true)
                .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, (int)
                        timeouts.requestHead().toMillis())
                .set(UndertowOptions.NO_REQUEST_TIMEOUT, (int)
                        timeouts.keepAlive().toMillis())
                .set(UndertowOptions.HTTP2_SETTINGS_ENABLE_PUSH, false)
                .set(UndertowOptions.HTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, Http2Client.MOST_STREAMS)
                .getMap();
    }
}
