package dev.coatcheck.prove.play;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.BlockingHandler;
import io.undertow.util.Headers;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Against Undertow's WebSockets: whoever speaks with oneself alone agrees about everything. */
class OpenSocketsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String GREETING = ": welcome\n\nevent: greeting\ndata: {\"a\":\ndata: 1}\nid: 7\n\n";

    private final OpenSockets sockets = new OpenSockets();
    private final Conversation conversation =
            Conversation.start(PlaySettings.of(URI.create("http://localhost:8080")), sockets);
    private final CountDownLatch told = new CountDownLatch(1);
    private final Undertow server = Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setHandler(Handlers.path()
                    .addExactPath("/live", Handlers.websocket((exchange, channel) -> listen(channel)))
                    .addExactPath("/deaf", Handlers.websocket((exchange, channel) -> {}))
                    .addExactPath("/ended", exchange -> {
                        // In one piece: on a slow machine there is a pause between any two.
                        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
                        exchange.getResponseSender().send(GREETING);
                    })
                    .addExactPath("/events", new BlockingHandler(this::events))
                    .addExactPath("/publish", exchange -> told.countDown())
                    .addExactPath("/closed", exchange -> {
                        exchange.setStatusCode(401);
                        exchange.getResponseSender().send("log in first");
                    }))
            .build();

    OpenSocketsTest() {
        server.start();
    }

    @AfterEach
    void close() {
        sockets.close();
        told.countDown();
        server.stop();
    }

    /** Gives back what it is told, and a long message where it is asked for one. */
    private static void listen(WebSocketChannel channel) {
        channel.getReceiveSetter().set(new AbstractReceiveListener() {
            @Override
            protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                // It can be taken once.
                String told = message.getData();
                switch (told) {
                    case "end" -> WebSockets.sendClose(1000, "over", from, null);
                    case "ping" -> WebSockets.sendPing(ByteBuffer.wrap(new byte[] {7}), from, null);
                    case "records" -> WebSockets.sendText("one\u001etwo\u001e", from, null);
                    case "bytes" -> WebSockets.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, 3}), from, null);
                    case "long" -> WebSockets.sendText("x".repeat(100_000), from, null);
                    default -> WebSockets.sendText("heard " + told, from, null);
                }
            }

            @Override
            protected void onFullPongMessage(WebSocketChannel from, BufferedBinaryMessage message) {
                WebSockets.sendText("pong came", from, null);
            }
        });
        channel.resumeReceives();
        WebSockets.sendText("hello", channel, null);
    }

    private void events(HttpServerExchange exchange) throws IOException {
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
        exchange.startBlocking();
        write(exchange, GREETING);
        try {
            told.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        write(exchange, "data: news\r\n\r\n");
    }

    private static void write(HttpServerExchange exchange, String text) throws IOException {
        exchange.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        exchange.getOutputStream().flush();
    }

    private Target target(String instance) {
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
        return new Target(instance, URI.create("http://127.0.0.1:" + address.getPort()));
    }

    private Exchange play(Scenario scenario, int step, String instance) throws InterruptedException {
        Step played = scenario.steps().get(step - 1);
        return conversation.play(played, target(instance));
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of("."), Set.of());
    }

    private List<String> heard(int messages) throws InterruptedException {
        List<Message> all = sockets.heard();
        for (int known = -1; all.size() < messages && all.size() > known; all = sockets.awaitMore(known, PATIENCE)) {
            known = all.size();
        }
        return all.stream()
                .map(message -> message.socket() + " " + message.event() + " " + message.text())
                .toList();
    }

    @Test
    void a_socket_stays_open_and_hears_what_comes_after_its_step() throws Exception {
        Scenario scenario = steps("WEBSOCKET /live first", "SEND /live second");

        Exchange opening = play(scenario, 1, "web.1");
        Exchange sending = play(scenario, 2, "web.2");

        assertThat(opening.isAsExpected()).isTrue();
        assertThat(opening.opened()).isTrue();
        assertThat(opening.response().orElseThrow().status()).isEqualTo(101);
        assertThat(sending.target().instance()).as("where the socket is").isEqualTo("web.1");
        assertThat(heard(3)).containsExactly("1  hello", "1  heard first", "1  heard second");
    }

    @Test
    void long_messages_bytes_and_pings_are_taken_as_they_come() throws Exception {
        Scenario scenario = steps("WEBSOCKET /live", "SEND /live long", "SEND /live bytes", "SEND /live ping");

        for (int step = 1; step <= 4; step++) {
            play(scenario, step, "web.1");
        }

        List<String> heard = heard(4);
        assertThat(heard.get(1)).hasSize(OpenSockets.LONGEST_MESSAGE + 3);
        assertThat(heard.get(2)).startsWith("1  3 bytes, 039058c6f2c0cb49");
        assertThat(heard.get(3)).isEqualTo("1  pong came");
    }

    @Test
    void who_has_something_to_say_opens_a_socket_anew_that_was_closed_wherever_it_comes_to() throws Exception {
        Scenario scenario = steps("WEBSOCKET /live first", "SEND /live second");
        play(scenario, 1, "web.1");
        assertThat(heard(2)).hasSize(2);

        sockets.closeThoseOf("web.1");
        Exchange sending = play(scenario, 2, "web.2");

        assertThat(sending.isAsExpected()).isTrue();
        assertThat(sending.target().instance()).isEqualTo("web.2");
        assertThat(heard(5).subList(2, 5)).containsExactly("1  hello", "1  heard first", "1  heard second");
    }

    @Test
    void a_refusal_is_the_answer_of_the_step() throws Exception {
        Exchange refused = play(steps("WEBSOCKET /closed"), 1, "web.1");

        assertThat(refused.opened()).isFalse();
        assertThat(refused.response().orElseThrow().status()).isEqualTo(401);
        assertThat(refused.response().orElseThrow().text()).isEqualTo("log in first");
        assertThat(refused.unmet()).containsExactly("expected status 101, got 401");
    }

    @Test
    void nothing_is_sent_where_no_socket_was_opened() throws Exception {
        Exchange unsent = play(steps("SEND /live second"), 1, "web.1");

        assertThat(unsent.outcome())
                .isInstanceOfSatisfying(
                        Outcome.NotSent.class,
                        outcome -> assertThat(outcome.why()).contains("WEBSOCKET /live"));
    }

    @Test
    void several_messages_that_come_as_one_are_heard_one_by_one() throws Exception {
        play(steps("WEBSOCKET /live records"), 1, "web.1");

        assertThat(heard(3)).containsExactly("1  hello", "1  one", "1  two");
    }

    @Test
    void a_stream_of_events_that_ends_is_an_answer_and_one_that_waits_is_heard() throws Exception {
        Scenario scenario = steps("GET /ended", "GET /events", "POST /publish");

        Exchange ended = play(scenario, 1, "web.1");
        Exchange open = play(scenario, 2, "web.1");
        play(scenario, 3, "web.1");

        assertThat(ended.opened()).isFalse();
        assertThat(ended.response().orElseThrow().text()).contains("event: greeting");
        assertThat(open.opened()).isTrue();
        assertThat(open.response().orElseThrow().content().length()).isZero();
        assertThat(heard(2)).containsExactly("2 greeting {\"a\":\n1}", "2  news");
    }

    @Test
    void who_does_not_read_keeps_nobody_waiting_beyond_the_limit() throws Exception {
        PlaySettings hasty =
                PlaySettings.of(URI.create("http://localhost:8080")).withLimit(Duration.ofMillis(500));
        Scenario scenario = steps("WEBSOCKET /deaf", "SEND /deaf " + "x".repeat(16 << 20));
        play(scenario, 1, "web.1");

        Exchange unsent =
                Conversation.start(hasty, sockets).play(scenario.steps().getLast(), target("web.1"));

        assertThat(unsent.outcome()).isInstanceOfSatisfying(Outcome.Failed.class, failed -> {
            assertThat(failed.failure()).isEqualTo(Outcome.Failure.TIMED_OUT);
            assertThat(failed.why()).isEqualTo("a message was not taken within 500 ms");
        });
        assertThat(sockets.areAnyOpen()).isFalse();
    }

    @Test
    void a_step_that_polls_keeps_open_what_it_opened_last() throws Exception {
        Scenario scenario = steps("GET /events", "POST /publish");
        Step opening = scenario.steps().getFirst();
        Expectation another = new Expectation(new Expectation.Exactly(418), List.of());
        Step polling = new Step(
                1, opening.user(), opening.request(), new Polling(1, Duration.ofMillis(1)), another, List.of());

        assertThat(conversation.play(polling, target("web.1")).attempts()).isEqualTo(2);
        play(scenario, 2, "web.1");

        List<Message> all = sockets.heard();
        for (int known = -1; all.size() > known && !hasNews(all); all = sockets.awaitMore(known, PATIENCE)) {
            known = all.size();
        }
        assertThat(sockets.awaitQuiet(Duration.ofSeconds(1), PATIENCE))
                .as("the first may have been closed before it heard its greeting")
                .extracting(Message::text)
                .containsOnlyOnce("news");
    }

    private static boolean hasNews(List<Message> heard) {
        return heard.stream().map(Message::text).anyMatch("news"::equals);
    }

    @Test
    void beyond_a_hundred_a_socket_is_closed_and_all_else_goes_on() throws Exception {
        Scenario scenario = steps("WEBSOCKET /live", "POST /publish");
        for (int i = 0; i <= OpenSockets.MOST; i++) {
            assertThat(play(scenario, 1, "web.1").isAsExpected()).isTrue();
        }

        assertThat(play(scenario, 2, "web.1").isAsExpected()).isTrue();
        assertThat(heard(OpenSockets.MOST)).hasSize(OpenSockets.MOST);
    }
}
