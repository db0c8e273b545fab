package dev.coatcheck.servlet;

import dev.coatcheck.contracts.channels.InMemoryChannels;
import dev.coatcheck.servlet.channels.ChannelAccess;
import dev.coatcheck.servlet.channels.ChannelFaceSettings;
import dev.coatcheck.servlet.channels.ChannelSocketServlet;
import dev.coatcheck.servlet.channels.ChannelStreamServlet;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** What the tests of the faces share: instances that serve both, behind the filter of sessions, each on a process's channels. */
abstract class ChannelFaceTest extends FilterTest {
    static final Duration PATIENCE = Duration.ofSeconds(30);
    static final Topic ALBUM = Topic.of("album-7");

    static final ChannelFaceSettings BRISK = ChannelFaceSettings.defaults()
            .withHeartbeat(Duration.ofMillis(200))
            .withWriteLimit(Duration.ofSeconds(10))
            .withRecheck(Duration.ofMillis(300));

    /** For a client that takes nothing: cut off before it is given up for the pings that it does not answer. */
    static final ChannelFaceSettings CUTTING =
            BRISK.withHeartbeat(Duration.ofSeconds(10)).withWriteLimit(Duration.ofSeconds(3));

    /** What happens when a request's session was read, and its subscription is not open yet. */
    volatile Runnable inBetween = () -> {};

    /** On which thread it was last asked who may listen. */
    volatile Thread asking = Thread.currentThread();

    /** Until then nobody is told whether they may listen to "slow". */
    final CountDownLatch slow = new CountDownLatch(1);

    private final InMemoryChannels shared = new InMemoryChannels(InstantSource.system());
    private final List<Channels> opened = new ArrayList<>();

    /** One more process. */
    Channels channels() {
        return channels(ChannelSettings.defaults());
    }

    Channels channels(ChannelSettings settings) {
        return channels(UnaryOperator.identity(), settings);
    }

    /** @param way between the process and its store */
    Channels channels(UnaryOperator<ChannelStore> way, ChannelSettings settings) {
        var channels = new Channels(way.apply(shared.attach()), settings);
        opened.add(channels);
        return channels;
    }

    /** The sockets of the instance that was started last. */
    @Nullable
    ChannelSocketServlet sockets;

    /** One more instance, on the channels of a process. */
    WebServer instance(Channels channels) {
        return instance(channels, BRISK);
    }

    WebServer instance(Channels channels, ChannelFaceSettings settings) {
        var access = new Access();
        sockets = new ChannelSocketServlet(channels, access, settings);
        return start(Map.of(
                "/login",
                (request, response) -> SessionUser.logIn(request, "ada"),
                "/channels",
                new ChannelStreamServlet(channels, access, settings)::service,
                "/socket",
                sockets::service));
    }

    private final class Access implements ChannelAccess {
        private final ChannelAccess bySession = ChannelAccess.bySession(this::isPublic);

        private boolean isPublic(Subscriber subscriber, Topic topic) {
            asking = Thread.currentThread();
            return switch (topic.name()) {
                case "secret", "private" -> false;
                case "away" -> throw new BackingServiceException("albums", "find", new IOException("away"));
                case "broken" -> throw new IllegalStateException("as planned");
                case "slow" -> isSlow();
                default -> true;
            };
        }

        private boolean isSlow() {
            try {
                return slow.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }

        @Override
        public Subscriber subscriber(HttpServletRequest request) {
            return bySession.subscriber(request);
        }

        @Override
        public BooleanSupplier validity(HttpServletRequest request) {
            var validity = bySession.validity(request);
            inBetween.run();
            return validity;
        }

        @Override
        public boolean mayListen(Subscriber subscriber, Topic topic) {
            return bySession.mayListen(subscriber, topic);
        }
    }

    /** A log-out everywhere, as an application does it. */
    void revoke(Channels elsewhere, String user) {
        store.revokeAll(user);
        elsewhere.revokeUser(user);
    }

    /** A client that says something by hand and then reads nothing. */
    static Socket stuck(WebServer server, String... request) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4_096);
        socket.setSoTimeout((int) PATIENCE.toMillis());
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), server.uri().getPort()));
        var lines = String.join("\r\n", request) + "\r\n\r\n";
        socket.getOutputStream().write(lines.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** Reads what had been sent to a client until then; fails where the connection is still open. */
    static void awaitCut(Socket client) {
        try {
            var unused = client.getInputStream().readAllBytes();
        } catch (SocketTimeoutException e) {
            throw new AssertionError("the connection is still open", e);
        } catch (IOException e) {
            // Reset, which is cut off too.
        }
    }

    @AfterEach
    void closeChannels() {
        slow.countDown();
        opened.forEach(Channels::close);
    }
}
