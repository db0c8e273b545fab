package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.net.http.HttpHeaders;
import java.net.http.WebSocketHandshakeException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Channels over WebSockets, in each container, behind the filter of sessions, on several instances. */
class ChannelSocketTest extends ChannelFaceTest {
    private static final String SUBSCRIBE = "{\"type\":\"subscribe\",\"topic\":\"album-7\"}";

    private SocketClient subscribed(Visitor who, WebServer server) throws InterruptedException {
        var socket = SocketClient.open(who, server, "/socket");
        socket.say(SUBSCRIBE);
        assertThat(socket.hear()).contains("\"type\":\"begun\"", "\"topic\":\"album-7\"");
        return socket;
    }

    @Test
    void who_comes_back_to_another_instance_gets_what_was_missed_once_and_in_order() throws Exception {
        var publisher = channels();
        var two = instance(channels());
        String last;
        try (var socket = subscribed(visitor, instance(channels()))) {
            last = publisher.publish(ALBUM, "1").text();
            assertThat(socket.hear()).contains("\"data\":\"1\"", "\"position\":\"" + last + "\"");
        }
        for (int i = 0; i < 150; i++) {
            publisher.publish(ALBUM, "missed " + i);
        }

        try (var socket = SocketClient.open(visitor, two, "/socket")) {
            socket.say("{\"type\":\"subscribe\",\"topic\":\"album-7\",\"position\":\"%s\"}".formatted(last));
            assertThat(socket.hear()).contains("begun", last);
            for (int i = 0; i < 150; i++) {
                assertThat(socket.hear()).contains("\"missed " + i + "\"");
            }
            publisher.publish(ALBUM, "new");
            assertThat(socket.hear()).contains("\"new\"");
        }
    }

    @Test
    void topics_come_and_go_and_what_is_not_allowed_is_refused() throws Exception {
        var channels = channels();
        var server = instance(channels);
        visitor.get(server, "/login");
        try (var socket = subscribed(visitor, server)) {
            socket.say("{\"type\":\"subscribe\",\"topic\":\"@me\"}");
            assertThat(socket.hear()).contains("begun", "@me");
            socket.say("{\"type\":\"subscribe\",\"topic\":\"secret\"}");
            assertThat(socket.hear()).isEqualTo("{\"type\":\"refused\",\"topic\":\"secret\"}");
            await().atMost(PATIENCE).until(() -> channels.present(ALBUM).contains("ada"));
            socket.say("{\"type\":\"unsubscribe\",\"topic\":\"album-7\"}");
            await().atMost(PATIENCE).until(() -> !channels.present(ALBUM).contains("ada"));
            channels.publish(ALBUM, "not heard");
            channels.publish(Topic.ofUser("ada"), "for ada");

            assertThat(socket.hear()).contains("for ada");
        }
    }

    @Test
    void a_page_of_another_origin_and_what_asks_for_no_socket_are_refused() {
        var server = instance(channels());
        assertThat(visitor.get(server, "/socket").statusCode()).isEqualTo(426);
        assertThatThrownBy(() -> SocketClient.open(visitor, server, "/socket", "Origin", "https://elsewhere.example"))
                .isInstanceOf(CompletionException.class);
        SocketClient.open(
                        visitor,
                        server,
                        "/socket",
                        "Origin",
                        "http://127.0.0.1:" + server.uri().getPort())
                .close();
    }

    @Test
    void a_page_is_of_the_same_origin_by_the_name_that_the_visitor_used_of_the_router() throws Exception {
        var server = instance(channels());
        var forwarded = List.of("X-Forwarded-Host", "Example.org:80", "Origin", "https://example.org");
        SocketClient.open(visitor, server, "/socket", forwarded.toArray(String[]::new))
                .close();
        assertThatThrownBy(() -> SocketClient.open(
                        visitor, server, "/socket", "X-Forwarded-Host", "example.org", "Origin", "https://example.com"))
                .isInstanceOf(CompletionException.class);
        assertThatThrownBy(() -> SocketClient.open(visitor, server, "/socket", "Origin", "null"))
                .isInstanceOf(CompletionException.class);
    }

    @Test
    void each_end_has_its_code() throws Exception {
        var server = instance(channels());
        for (var wrong :
                List.of("hello", "{}", "{\"topic\":\"x\"}", "[1]", SUBSCRIBE.replace("}", ",\"position\":\"?\"}"))) {
            try (var socket = SocketClient.open(visitor, server, "/socket")) {
                socket.say(wrong);
                assertThat(socket.hear()).as(wrong).startsWith("1003 ");
            }
        }
        try (var socket = SocketClient.open(visitor, server, "/socket")) {
            socket.say("{\"type\":\"subscribe\",\"topic\":\"away\"}");
            assertThat(socket.hear()).startsWith("1013 ");
        }
        try (var socket = SocketClient.open(visitor, server, "/socket")) {
            socket.say("{\"type\":\"subscribe\",\"topic\":\"broken\"}");
            assertThat(socket.hear()).startsWith("1011 ");
        }
    }

    @Test
    void a_user_that_is_revoked_anywhere_is_closed_with_1008_and_nobody_else() throws Exception {
        var here = channels();
        var server = instance(here);
        visitor.get(server, "/login");
        try (var ada = subscribed(visitor, server);
                var other = subscribed(new Visitor(), server)) {
            channels().revokeUser("ada");

            var closed = "{\"type\":\"closed\",\"reason\":\"revoked\"}";
            assertThat(ada.hear()).isEqualTo(closed);
            assertThat(ada.hear()).isEqualTo("1008 " + closed);
            here.publish(ALBUM, "still");
            assertThat(other.hear()).contains("still");
        }
    }

    @Test
    void a_session_that_is_revoked_after_it_was_read_and_before_its_socket_is_open_is_closed() throws Exception {
        var channels = channels();
        var server = instance(channels);
        visitor.get(server, "/login");
        inBetween = () -> revoke(channels, "ada");
        try (var socket = SocketClient.open(visitor, server, "/socket")) {
            var closed = "{\"type\":\"closed\",\"reason\":\"revoked\"}";
            assertThat(socket.hear()).isEqualTo(closed);
            assertThat(socket.hear()).isEqualTo("1008 " + closed);
        }
        await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
    }

    @Test
    void a_session_that_has_ended_without_a_word_is_closed_at_the_next_recheck() throws Exception {
        var here = channels();
        var server = instance(here);
        visitor.get(server, "/login");
        try (var ada = subscribed(visitor, server);
                var other = subscribed(new Visitor(), server)) {
            store.revokeAll("ada");

            assertThat(ada.hear()).isEqualTo("{\"type\":\"closed\",\"reason\":\"revoked\"}");
            here.publish(ALBUM, "still");
            assertThat(other.hear()).contains("still");
        }
    }

    @Test
    void what_a_client_asks_for_holds_up_no_thread_of_the_container_and_is_bounded() throws Exception {
        var server = instance(channels());
        try (var socket = subscribed(visitor, server)) {
            assertThat(asking.isVirtual()).isTrue();
            // One is answered, so many wait, and one is too many; no more, or else the end would be lost with what is
            // unread.
            for (int i = 0; i < 2 * Subscription.MAX_TOPICS + 2; i++) {
                try {
                    socket.say(SUBSCRIBE.replace("album-7", "slow"));
                } catch (CompletionException e) {
                    break; // it was too many already
                }
            }
            assertThat(socket.hear()).startsWith("1013 ");
        }
    }

    @Test
    void who_opens_more_than_one_may_have_loses_the_oldest_with_4029() throws Exception {
        var channels = channels(ChannelSettings.defaults().withUserSubscriptions(1));
        var server = instance(channels);
        visitor.get(server, "/login");
        try (var other = subscribed(new Visitor(), server);
                var oldest = subscribed(visitor, server);
                var newest = subscribed(visitor, server)) {
            var closed = "{\"type\":\"closed\",\"reason\":\"too-many\"}";
            assertThat(oldest.hear()).isEqualTo(closed);
            assertThat(oldest.hear()).isEqualTo("4029 " + closed);
            channels.publish(ALBUM, "still");
            assertThat(newest.hear()).contains("still");
            assertThat(other.hear()).contains("still");
        }
    }

    @Test
    void a_process_that_serves_as_many_as_it_may_refuses_one_more_on_either_face_and_says_when_to_come_back()
            throws Exception {
        var channels = channels();
        var server = instance(channels, BRISK.withMaxConnections(2));
        try (var first = subscribed(visitor, server)) {
            try (var second = subscribed(visitor, server)) {
                assertThatThrownBy(() -> SocketClient.open(visitor, server, "/socket"))
                        .cause()
                        .isInstanceOfSatisfying(
                                WebSocketHandshakeException.class,
                                refused -> assertRefused(
                                        refused.getResponse().statusCode(),
                                        refused.getResponse().headers()));
                var stream = visitor.get(server, "/channels?topic=album-7");
                assertRefused(stream.statusCode(), stream.headers());
                channels.publish(ALBUM, "still");
                assertThat(first.hear()).contains("still");
                assertThat(second.hear()).contains("still");
            }
            await().atMost(PATIENCE).until(() -> channels.places() == 1);
            subscribed(visitor, server).close();
        }
    }

    @Test
    void connections_that_wait_for_the_store_have_their_places_too() throws Exception {
        var answers = new CountDownLatch(1);
        var channels = channels(
                store -> (ChannelStore) Proxy.newProxyInstance(
                        ChannelStore.class.getClassLoader(),
                        new Class<?>[] {ChannelStore.class},
                        (proxy, method, arguments) -> {
                            if (method.getName().equals("begin")) {
                                assertThat(answers.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                                        .isTrue();
                            }
                            return method.invoke(store, arguments);
                        }),
                ChannelSettings.defaults());
        var server = instance(channels, BRISK.withMaxConnections(2));
        var waiting = List.of(
                CompletableFuture.supplyAsync(() -> SocketClient.open(visitor, server, "/socket")),
                CompletableFuture.supplyAsync(() -> visitor.get(server, "/channels?topic=secret")));
        await().atMost(PATIENCE).until(() -> channels.places() == 2);

        assertThat(visitor.get(server, "/channels?topic=album-7").statusCode()).isEqualTo(503);
        assertThatThrownBy(() -> SocketClient.open(visitor, server, "/socket"))
                .cause()
                .isInstanceOf(WebSocketHandshakeException.class);
        answers.countDown();
        waiting.get(1).join();
        ((SocketClient) waiting.get(0).join()).close();
        await().atMost(PATIENCE).until(() -> channels.places() == 0);
    }

    private static void assertRefused(int status, HttpHeaders headers) {
        assertThat(status).isEqualTo(503);
        assertThat(headers.firstValue("Retry-After")).contains("2");
    }

    @Test
    void a_process_that_drains_closes_with_1012_and_says_when_to_come_back() throws Exception {
        var channels = channels();
        try (var socket = subscribed(visitor, instance(channels))) {
            channels.drain(Duration.ofMillis(100));

            assertThat(socket.hear()).contains("\"reason\":\"draining\"");
            assertThat(socket.hear()).startsWith("1012 {\"type\":\"closed\",\"reason\":\"draining\",\"retry\":");
        }
    }

    @Test
    void who_stops_may_wait_until_clients_have_taken_their_ends() throws Exception {
        var channels = channels();
        var server = instance(channels);
        try (var first = subscribed(visitor, server);
                var second = subscribed(visitor, server)) {
            var sockets = Objects.requireNonNull(this.sockets);
            assertThat(sockets.awaitClosed(Duration.ofMillis(200))).isEqualTo(2);
            channels.drain(Duration.ZERO);

            assertThat(sockets.awaitClosed(PATIENCE)).isZero();
            assertThat(List.of(first.hear(), second.hear())).allMatch(end -> end.contains("draining"));
        }
    }

    @Test
    void a_silent_socket_is_kept_alive_and_one_whose_client_is_gone_ends() throws Exception {
        var channels = channels();
        try (var socket = subscribed(visitor, instance(channels))) {
            for (int beats = 0; beats < 8; beats++) {
                assertThat(socket.hearAny()).isEqualTo("{\"type\":\"beat\"}");
            }
            assertThat(channels.subscriptions()).isOne();
        }

        await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
    }

    /** A client that opens a socket by hand, subscribes, and then neither reads nor answers. */
    private static Socket stuck(WebServer server) throws IOException {
        var socket = stuck(
                server,
                "GET /socket HTTP/1.1",
                "Host: localhost",
                "Upgrade: websocket",
                "Connection: Upgrade",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==");
        var in = socket.getInputStream();
        for (int line = 0; line != 4; ) {
            int next = in.read();
            line = next == '\r' || next == '\n' ? line + 1 : 0;
        }
        var frame = SUBSCRIBE.getBytes(StandardCharsets.US_ASCII);
        var out = socket.getOutputStream();
        out.write(
                new byte[] {(byte) 0x81, (byte) (0x80 | frame.length), 0, 0, 0, 0}); // the last one, masked with zeros
        out.write(frame);
        return socket;
    }

    @Test
    void a_client_that_takes_nothing_is_cut_off_and_slows_nobody() throws Exception {
        var channels = channels();
        var server = instance(channels, CUTTING);
        var large = "x".repeat(60_000);
        try (var quick = subscribed(visitor, server);
                var stuck = stuck(server)) {
            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 2);
            for (int i = 0; i < 200; i++) {
                channels.publish(ALBUM, i + large);
                assertThat(quick.hear()).contains("\"data\":\"" + i + "x");
            }

            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 1);
            channels.publish(ALBUM, "last");
            assertThat(quick.hear()).contains("last");
            awaitCut(stuck);
        }
    }

    @Test
    void a_client_that_answers_to_nothing_is_given_up() throws Exception {
        var channels = channels();
        var server = instance(channels, BRISK.withHeartbeat(Duration.ofSeconds(1)));
        try (var stuck = stuck(server)) {
            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 1);
            await().atMost(PATIENCE).until(() -> channels.subscriptions() == 0);
            awaitCut(stuck);
        }
    }
}
