package dev.coatcheck.formation.router;

import static io.undertow.Handlers.websocket;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.undertow.Undertow;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.IoUtils;

final class WebSocketTest extends RouterTest {
    private static final String UPGRADE =
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    private static final String UPGRADED =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

    private final Set<WebSocketChannel> channels = ConcurrentHashMap.newKeySet();
    private final LinkedBlockingQueue<Integer> closeCodesAtInstance = new LinkedBlockingQueue<>();

    /** Answers each text with its name and the text. */
    private InetSocketAddress echo(String name) {
        Undertow server = Undertow.builder()
                .addHttpListener(0, "localhost")
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setHandler(websocket((exchange, channel) -> {
                    channels.add(channel);
                    channel.getReceiveSetter().set(new AbstractReceiveListener() {
                        @Override
                        protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                            WebSockets.sendText(name + ":" + message.getData(), from, null);
                        }

                        @Override
                        protected void onCloseMessage(CloseMessage message, WebSocketChannel from) {
                            closeCodesAtInstance.add(message.getCode());
                        }
                    });
                    channel.resumeReceives();
                }))
                .build();
        server.start();
        closeLater(server::stop);
        return (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
    }

    private static final class Messages implements WebSocket.Listener {
        final LinkedBlockingQueue<String> texts = new LinkedBlockingQueue<>();
        final CompletableFuture<Integer> closed = new CompletableFuture<>();
        private final StringBuilder parts = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            parts.append(data);
            if (last) {
                texts.add(parts.toString());
                parts.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
            closed.complete(code);
            return WebSocket.Listener.super.onClose(socket, code, reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            closed.completeExceptionally(error);
        }

        String next() throws InterruptedException {
            String text = texts.poll(5, TimeUnit.SECONDS);
            return text == null ? "nothing came" : text;
        }
    }

    private WebSocket open(Router router, Messages messages) {
        return http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + router.port() + "/live"), messages)
                .join();
    }

    @Test
    void messages_pass_both_ways_and_close_codes_stay_as_they_are() throws Exception {
        Router router = router();
        Upstream upstream = router.add("web.1", echo("web.1"));
        Messages messages = new Messages();
        WebSocket socket = open(router, messages);
        String large = "x".repeat(200_000);

        socket.sendText("hello", true).join();
        assertThat(messages.next()).isEqualTo("web.1:hello");
        socket.sendText(large, true).join();
        assertThat(messages.next()).isEqualTo("web.1:" + large);
        assertThat(upstream.tunnels()).isEqualTo(1);
        assertThat(upstream.inFlight()).isZero();
        socket.sendClose(4001, "bye").join();

        assertThat(closeCodesAtInstance.poll(20, TimeUnit.SECONDS)).isEqualTo(4001);
        assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(4001);
        await().until(() -> upstream.tunnels() == 0);
        assertThat(told(1)).extracting(Access::status).containsExactly(101);
    }

    @Test
    void a_tunnel_outlives_the_removal_of_its_instance_until_the_instance_says_goodbye() throws Exception {
        Router router = router();
        Upstream old = router.add("web.1", echo("web.1"));
        Messages messages = new Messages();
        WebSocket socket = open(router, messages);
        router.add("web.2", echo("web.2"));

        old.remove();
        assertThat(old.awaitIdle(Duration.ofSeconds(20))).isTrue();

        socket.sendText("still here?", true).join();
        assertThat(messages.next()).isEqualTo("web.1:still here?");
        Messages other = new Messages();
        open(router, other).sendText("new", true).join();
        assertThat(other.next()).isEqualTo("web.2:new");
        channels.forEach(channel -> WebSockets.sendClose(1012, "restart", channel, null));
        assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1012);
        await().until(() -> old.tunnels() == 0);
    }

    @Test
    void tunnels_are_spread_by_their_number() throws Exception {
        Router router = router();
        Upstream first = router.add("web.1", echo("web.1"));
        for (int i = 0; i < 4; i++) {
            open(router, new Messages());
        }
        Upstream second = router.add("web.2", echo("web.2"));

        for (int i = 0; i < 4; i++) {
            open(router, new Messages());
            int expected = i + 1;
            await().until(() -> second.tunnels() == expected);
        }

        assertThat(first.tunnels()).isEqualTo(4);
        assertThat(second.tunnels()).isEqualTo(4);
    }

    @Test
    void a_client_that_vanishes_frees_the_tunnel_and_so_does_an_instance() throws Exception {
        Router router = router();
        Upstream upstream = router.add("web.1", echo("web.1"));
        Messages messages = new Messages();
        open(router, new Messages()).abort();
        WebSocket stays = open(router, messages);
        await().until(() -> upstream.tunnels() == 1);

        for (WebSocketChannel channel : channels) {
            channel.getIoThread().execute(() -> IoUtils.safeClose(channel));
        }

        await().until(() -> upstream.tunnels() == 0);
        await().until(() -> messages.closed.isDone());
        stays.abort();
    }

    @Test
    void a_tunnel_that_is_silent_for_too_long_is_closed() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withStream(Duration.ofMillis(300))));
        Upstream upstream = router.add("web.1", echo("web.1"));
        Messages messages = new Messages();
        open(router, messages);
        assertThat(told(1)).extracting(Access::status).containsExactly(101);
        await().atMost(Duration.ofSeconds(20)).until(() -> upstream.tunnels() == 0 && messages.closed.isDone());
    }

    @Test
    void an_instance_may_decline_to_switch_and_answer_in_http() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> connection.respond(403, request.line()))
                        .address());
        RawClient client = client(router);

        for (int i = 0; i < 2; i++) {
            client.send(UPGRADE);
            assertThat(client.read())
                    .extracting(RawClient.Response::status, RawClient.Response::body)
                    .containsExactly(403, "GET / HTTP/1.1");
        }
    }

    @Test
    void an_upgrade_whose_instance_died_over_it_is_not_repeated() throws Exception {
        Router router = router();
        for (int i = 1; i <= 2; i++) {
            router.add(
                    "web." + i,
                    upstream((request, connection) -> connection.reset()).address());
        }

        assertThat(client(router).send(UPGRADE).read().status()).isEqualTo(502);

        assertThat(told(1)).extracting(Access::status, Access::attempts).containsExactly(tuple(502, 1));
    }

    @Test
    void other_protocols_than_websocket_are_not_switched_to() throws Exception {
        Router router = router();
        RawUpstream upstream = answering("plain");
        router.add("web.1", upstream.address());

        RawClient.Response response = client(router)
                .send(String.join(
                        "\r\n",
                        "GET / HTTP/1.1",
                        "Host: a",
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
                        "",
                        ""))
                .read();

        assertThat(response.body()).isEqualTo("plain");
        assertThat(upstream.requests.getFirst().head()).doesNotContainIgnoringCase("upgrade", "h2c", "settings");
    }

    @Test
    void what_the_instance_says_at_once_after_the_switch_is_not_lost() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.write(UPGRADED + "first words");
                            connection.out.write(connection.in.readNBytes(4));
                            connection.close();
                        })
                        .address());
        RawClient client = client(router).send(UPGRADE);

        assertThat(client.read().status()).isEqualTo(101);
        assertThat(client.in.readNBytes(11)).asString().isEqualTo("first words");
        client.send("echo");
        assertThat(client.in.readAllBytes()).asString().isEqualTo("echo");
    }

    private interface End {
        void of(RawUpstream.Connection connection) throws Exception;
    }

    /** An instance that greets, and whose connection ends when the test says so. */
    private Upstream greeting(Router router, CountDownLatch end, End how) throws Exception {
        RawUpstream upstream = upstream((request, connection) -> {
            connection.write(WebSocketHandshake.response(request) + "\u0081\u0002hi");
            end.await();
            how.of(connection);
        });
        return router.add("web.1", upstream.address());
    }

    @Test
    void a_client_whose_instance_was_killed_is_told_that_the_service_restarts() throws Exception {
        for (End how : List.<End>of(RawUpstream.Connection::reset, RawUpstream.Connection::close)) {
            Router router = router();
            CountDownLatch end = new CountDownLatch(1);
            Upstream upstream = greeting(router, end, how);
            Messages messages = new Messages();
            open(router, messages);
            assertThat(messages.next()).isEqualTo("hi");

            end.countDown();

            assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1012);
            await().until(() -> upstream.tunnels() == 0);
        }
    }

    @Test
    void a_message_that_breaks_off_is_followed_by_the_end_of_the_connection_and_by_nothing_else() throws Exception {
        Router router = router();
        CountDownLatch end = new CountDownLatch(1);
        greeting(router, end, connection -> {
            connection.write("\u0082\u0005abc");
            connection.reset();
        });
        RawClient client = client(router).send(UPGRADE.replace("\r\n\r\n", "\r\nSec-WebSocket-Key: x\r\n\r\n"));
        assertThat(client.read().status()).isEqualTo(101);

        end.countDown();

        assertThat(client.in.readAllBytes())
                .asString(StandardCharsets.ISO_8859_1)
                .startsWith("\u0081\u0002hi");
        assertThat(client.in.readAllBytes()).as("and no frame within the frame").isEmpty();
    }

    @Test
    void a_router_that_closes_tells_every_client_to_go() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(10))));
        router.add("web.1", echo("web.1"));
        List<Messages> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Messages messages = new Messages();
            WebSocket socket = open(router, messages);
            socket.sendText("here", true).join();
            assertThat(messages.next()).isEqualTo("web.1:here");
            all.add(messages);
        }

        router.close();

        for (Messages messages : all) {
            assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
        }
    }

    @Test
    void a_router_with_little_time_to_close_tells_every_client_to_go() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(3))));
        router.add("web.1", echo("web.1"));
        List<Messages> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Messages messages = new Messages();
            open(router, messages);
            all.add(messages);
        }

        router.close();

        for (Messages messages : all) {
            assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
        }
    }

    @Test
    void a_router_that_closes_before_a_tick_comes_tells_every_client_to_go() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofMillis(20))));
        router.add("web.1", echo("web.1"));
        List<Messages> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Messages messages = new Messages();
            open(router, messages);
            all.add(messages);
        }

        router.close();

        for (Messages messages : all) {
            assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
        }
    }

    @Test
    void a_tunnel_is_known_before_its_request_is_over() throws Exception {
        CompletableFuture<Upstream> upstream = new CompletableFuture<>();
        CompletableFuture<Integer> known = new CompletableFuture<>();
        Router router = closeLater(Router.start(
                settings(), access -> known.complete(upstream.join().tunnels())));
        upstream.complete(router.add("web.1", echo("web.1")));

        open(router, new Messages());

        assertThat(known.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    }

    @Test
    void a_switch_that_a_closing_router_had_let_through_ends_with_the_word_to_go() throws Exception {
        Router router = router(settings().withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(10))));
        CountDownLatch closing = new CountDownLatch(1);
        RawUpstream upstream = upstream((request, connection) -> {
            closing.await();
            connection.write(WebSocketHandshake.response(request));
            connection.in.readAllBytes();
        });
        router.add("web.1", upstream.address());
        Messages messages = new Messages();
        CompletableFuture<WebSocket> opening = http.newWebSocketBuilder()
                .buildAsync(URI.create("ws://localhost:" + router.port() + "/live"), messages);
        await().until(() -> upstream.requests.size() == 1);

        CompletableFuture<Void> closed = CompletableFuture.runAsync(router::close);
        await().untilAsserted(() ->
                assertThatThrownBy(() -> new RawClient(router).close()).isInstanceOf(ConnectException.class));
        closing.countDown();

        opening.get(20, TimeUnit.SECONDS);
        assertThat(messages.closed.get(20, TimeUnit.SECONDS)).isEqualTo(1001);
        closed.get(20, TimeUnit.SECONDS);
    }

    @Test
    void a_client_that_vanishes_before_it_is_told_of_the_switch_leaves_nothing_behind() throws Exception {
        Router router = router();
        CountDownLatch gone = new CountDownLatch(1);
        RawUpstream raw = upstream((request, connection) -> {
            gone.await();
            connection.write(WebSocketHandshake.response(request));
            connection.in.readAllBytes();
        });
        Upstream upstream = router.add("web.1", raw.address());
        RawClient client = client(router)
                .send(UPGRADE.replace("\r\n\r\n", "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
        await().until(() -> raw.requests.size() == 1);

        client.reset();
        gone.countDown();

        await().until(() -> upstream.inFlight() == 0 && upstream.tunnels() == 0);
        assertThat(router.metrics().inFlight()).isZero();
    }

    @Test
    void a_tunnel_ends_with_its_client_once_the_instance_has_said_goodbye_and_gone() throws Exception {
        Router router = router();
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.write(UPGRADED + "\u0088\u0002\u0003\u00e8");
                            connection.close();
                        })
                        .address());
        RawClient client = client(router).send(UPGRADE);
        assertThat(client.read().status()).isEqualTo(101);
        assertThat(client.in.readAllBytes()).hasSize(4);

        // The first of them makes the instance's system say that nobody is there, and the next meet that.
        await().atMost(Duration.ofSeconds(8)).until(() -> {
            client.send("some bytes");
            return upstream.tunnels() == 0;
        });
        client.close();

        await().atMost(Duration.ofSeconds(8)).until(() -> router.metrics().tunnels() == 0);
    }

    @Test
    void the_last_word_never_breaks_into_a_message() throws Exception {
        WebSocketFrames frames = new WebSocketFrames();
        Random random = new Random(3);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Set<Integer> ends = new HashSet<>(Set.of(0));
        for (int size : new int[] {0, 1, 125, 126, 127, 65535, 65536, 3, 100_000, 0}) {
            all.write(0x82);
            if (size < 126) {
                all.write(size);
            } else if (size < 65536) {
                all.writeBytes(ByteBuffer.allocate(3)
                        .put((byte) 126)
                        .putShort((short) size)
                        .array());
            } else {
                all.writeBytes(
                        ByteBuffer.allocate(9).put((byte) 127).putLong(size).array());
            }
            byte[] payload = new byte[size];
            random.nextBytes(payload);
            all.writeBytes(payload);
            ends.add(all.size());
        }
        byte[] bytes = all.toByteArray();

        for (int at = 0; at < bytes.length; ) {
            assertThat(frames.mayAddFrame()).as("after %s bytes", at).isEqualTo(ends.contains(at));
            int step = Math.min(random.nextBoolean() ? 1 : 1 + random.nextInt(700), bytes.length - at);
            frames.passed(ByteBuffer.wrap(bytes, at, step));
            at += step;
        }
        assertThat(frames.mayAddFrame()).isTrue();
        frames.passed(WebSocketFrames.close(1000));
        assertThat(frames.mayAddFrame()).as("after the last word").isFalse();
    }
}
