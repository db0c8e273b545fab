package dev.coatcheck.formation.router;

import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.AlpnOpenListener;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.undertow.server.protocol.http2.Http2OpenListener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;
import org.xnio.ssl.SslConnection;

/** Listens for TLS, 1.2 and newer, and hands each connection to HTTP/2 or HTTP/1.1, whichever its client prefers. */
final class TlsFront implements AutoCloseable {
    private static final Sequence<String> PROTOCOLS = Sequence.of("TLSv1.3", "TLSv1.2");
    private static final Duration LOOK_AT_FILES = Duration.ofSeconds(2);

    private final TlsFiles files;
    private final UndertowXnioSsl ssl;
    private final Http2Front http2;
    private final AlpnOpenListener negotiation;
    private final Function<XnioIoThread, EventLoop> loops;
    private final RouterContext router;
    private final AddressLimit addresses;
    private final long handshakeLimit;
    private @Nullable CertificateWatch watch;

    private TlsFront(
            TlsFiles files,
            UndertowXnioSsl ssl,
            Http2Front http2,
            AlpnOpenListener negotiation,
            Function<XnioIoThread, EventLoop> loops,
            RouterContext router,
            AddressLimit addresses) {
        this.files = files;
        this.ssl = ssl;
        this.http2 = http2;
        this.negotiation = negotiation;
        this.loops = loops;
        this.router = router;
        this.addresses = addresses;
        this.handshakeLimit = router.settings().timeouts().requestHead().toNanos();
    }

    /**
     * Reads the files.
     *
     * @param http1 takes the connections that speak HTTP/1.1
     * @param requests takes each request of the others
     * @throws InvalidTlsFilesException if they cannot be used
     */
    static TlsFront of(
            TlsFiles files,
            HttpOpenListener http1,
            OptionMap options,
            RouterContext router,
            AddressLimit addresses,
            Function<XnioIoThread, EventLoop> loops,
            BiConsumer<HttpServerExchange, ClientEnd> requests) {
        Duration keepAlive = router.settings().timeouts().keepAlive();
        UndertowXnioSsl ssl = new UndertowXnioSsl(
                Xnio.getInstance(),
                OptionMap.create(Options.USE_DIRECT_BUFFERS, true),
                Certificate.read(files, Instant.now()).context());
        Http2Front http2 = new Http2Front(router.buffers(), options, loops, keepAlive, requests);
        AlpnOpenListener negotiation = new AlpnOpenListener(router.buffers(), options, http1);
        negotiation.addProtocol(Http2OpenListener.HTTP2, http2, 10);
        return new TlsFront(files, ssl, http2, negotiation, loops, router, addresses);
    }

    AcceptingChannel<? extends StreamConnection> listen(
            XnioWorker worker, InetSocketAddress address, OptionMap socketOptions) throws IOException {
        OptionMap options = OptionMap.builder()
                .addAll(socketOptions)
                .set(Options.SSL_ENABLED_PROTOCOLS, PROTOCOLS)
                .getMap();
        return ssl.createSslConnectionServer(
                worker, address, ChannelListeners.<SslConnection>openListenerAdapter(this::accept), options);
    }

    private void accept(SslConnection connection) {
        EventLoop loop = loops.apply(connection.getIoThread());
        if (addresses.admit(connection, loop)) {
            Handshake.begin(connection, loop, handshakeLimit);
            negotiation.handleEvent(connection);
        }
    }

    /** From now on new connections get what the files hold by then; those that there are keep what they have. */
    void watchFiles() {
        watch = new CertificateWatch(files, LOOK_AT_FILES, this::renew, this::keep);
    }

    private void renew(Certificate certificate) {
        ssl.updateSSLContext(certificate.context());
        router.tell(new Notice.CertificateRenewed(files.certificate(), certificate.expires()));
    }

    private void keep(InvalidTlsFilesException problem) {
        router.tell(new Notice.CertificateRefused(String.valueOf(problem.getMessage())));
    }

    /** Asks the clients of HTTP/2 to go as soon as nothing is under way for them. */
    void leave() {
        http2.leave();
    }

    /** Ends the connections that speak HTTP/2; the others belong to whoever gave their listener. */
    @Override
    public void close() {
        if (watch != null) {
            watch.close();
        }
        http2.closeConnections();
    }
}
