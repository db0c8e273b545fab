package dev.coatcheck.prove.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.play.TestServer;
import dev.coatcheck.prove.play.TestServer.Reply;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import dev.coatcheck.prove.scenario.Template;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class UsersTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Scenario LOGIN = steps("POST /login name=ann", "GET /me");

    private final Usual usual = new Usual(Integer.MAX_VALUE);
    private final AtomicReference<Reply> me = new AtomicReference<>(Reply.of(200, "ann"));

    @Test
    void conversations_that_go_as_usual_are_counted_from_their_first_step_to_their_last() throws Exception {
        try (TestServer server = server();
                Users users = users(server, () -> Controls.SETTINGS)) {
            learn(users);

            assertThat(users.awaitEach(2, PATIENCE)).isTrue();
            users.leave(PATIENCE);

            assertThat(users.tally().failures()).isZero();
            assertThat(users.tally().conversations()).isPositive();
            assertThat(users.tally().neverCompared(2)).isEmpty();
        }
    }

    @Test
    void an_answer_that_is_less_than_usual_is_a_failure_and_ends_its_conversation() throws Exception {
        try (TestServer server = server();
                Users users = users(server, () -> Controls.SETTINGS)) {
            learn(users);
            me.set(Reply.of(401, "who?"));

            assertThat(users.awaitEach(2, PATIENCE)).isTrue();
            users.leave(PATIENCE);

            assertThat(users.tally().failures()).isPositive();
            assertThat(users.tally().firstFailure().orElse(""))
                    .startsWith("step 2 GET /me: status 200")
                    .contains("401");
        }
    }

    @Test
    void whoever_breaks_off_at_once_comes_again_no_sooner_than_who_plays_to_the_end() throws Exception {
        Scenario twenty = steps(Collections.nCopies(20, "GET /me").toArray(String[]::new));
        try (TestServer server = server();
                Users users = users(server.target("web.1"), twenty, () -> Controls.SETTINGS)) {
            learn(users);
            me.set(Reply.of(500, "gone"));
            assertThat(users.awaitEach(1, PATIENCE)).isTrue();
            long begun = System.nanoTime();

            assertThat(users.awaitEach(5, PATIENCE)).isTrue();

            // The first of the five was under way already; each of the others has paused for 100 ms.
            assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(400));
        }
    }

    @Test
    void too_many_requests_are_no_failure_and_what_they_keep_from_being_played_was_never_compared() throws Exception {
        try (TestServer server = server();
                Users users = users(server, () -> Controls.SETTINGS)) {
            assertThat(users.awaitEach(1, PATIENCE)).isTrue();
            me.set(Reply.of(429, "slow down"));
            assertThat(users.awaitEach(1, PATIENCE)).isTrue();
            assertThat(users.judge(PATIENCE)).isTrue();

            assertThat(users.awaitEach(2, PATIENCE)).isTrue();
            users.leave(PATIENCE);

            assertThat(users.tally().failures()).isZero();
            assertThat(users.tally().conversations()).isZero();
            assertThat(users.tally().refusals()).isPositive();
            assertThat(users.tally().neverCompared(2)).containsExactly(2);
        }
    }

    @Test
    void whose_step_is_never_over_has_failed_at_it() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger waiting = new AtomicInteger();
        try (TestServer server = new TestServer(request -> {
                    if (request.target().equals("/me") && me.get().status() != 200) {
                        waiting.incrementAndGet();
                        awaitUnlessStopped(never);
                    }
                    return me.get();
                });
                Users users = users(server, () -> Controls.SETTINGS)) {
            learn(users);
            me.set(Reply.of(201, "late"));
            await().atMost(PATIENCE).until(() -> waiting.get() >= 4);

            users.leave(Duration.ofMillis(200));

            assertThat(users.tally().failures()).isPositive();
            assertThat(users.tally().firstFailure().orElse("")).startsWith("step 2 GET /me: never over");
            never.countDown();
        }
    }

    @Test
    void a_fault_of_the_prover_is_thrown_to_who_waits_for_the_users() throws Exception {
        AtomicInteger conversations = new AtomicInteger();
        try (TestServer server = server();
                Users users = users(server, () -> {
                    if (conversations.incrementAndGet() > 4) {
                        throw new IllegalArgumentException("no such address");
                    }
                    return Controls.SETTINGS;
                })) {
            assertThatThrownBy(() -> users.awaitEach(3, PATIENCE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("no such address");
            assertThatThrownBy(() -> users.leave(PATIENCE)).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void what_is_said_on_a_socket_is_said_on_one_of_the_conversation_s_own_that_ends_with_it() throws Exception {
        Scenario chat = steps("WEBSOCKET /live hello", "SEND /live again");
        ConcurrentMap<WebSocketChannel, List<String>> said = new ConcurrentHashMap<>();
        Undertow server = hearing((from, message) -> said.merge(
                from,
                List.of(message),
                (before, more) -> Stream.of(before, more).flatMap(List::stream).toList()));
        try {
            try (Users users = users(target(server), chat, () -> Controls.SETTINGS)) {
                learn(users);
                assertThat(users.awaitEach(2, PATIENCE)).isTrue();
                users.leave(PATIENCE);

                assertThat(users.tally().neverCompared(2)).isEmpty();
                assertThat(users.tally().failures()).isZero();
            }
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(said.keySet()).noneMatch(WebSocketChannel::isOpen));
            assertThat(said.values()).contains(List.of("hello", "again"));
        } finally {
            server.stop();
        }
    }

    @Test
    void a_socket_that_closes_in_the_middle_of_its_handshake_is_opened_anew_once() throws Exception {
        Step open = steps("WEBSOCKET /live hello {{run}}").steps().getFirst();
        List<Body.Message> handshake =
                new ArrayList<>(((Body.Messages) open.request().body()).messages());
        handshake.add(new Body.Message(Template.literal("join"), Body.Await.A_MESSAGE_FOR_A_WHILE));
        Scenario chat =
                new Scenario("chat", List.of(open.withRequest(open.request().withBody(new Body.Messages(handshake)))));
        AtomicBoolean closing = new AtomicBoolean();
        Set<String> closed = ConcurrentHashMap.newKeySet();
        Undertow server = hearing((from, message) -> {
            if (message.startsWith("hello") && closing.get() && closed.add(message)) {
                from.sendClose();
            } else if (message.startsWith("hello")) {
                WebSockets.sendText("welcome", from, null);
            }
        });
        try (Users users = users(target(server), chat, () -> Controls.SETTINGS)) {
            learn(users);
            closing.set(true);

            assertThat(users.awaitEach(2, PATIENCE)).isTrue();
            users.leave(PATIENCE);

            assertThat(closed).isNotEmpty();
            assertThat(users.tally().firstFailure()).isEmpty();
        } finally {
            server.stop();
        }
    }

    /** What a server does with a message. */
    private interface Heard {
        void by(WebSocketChannel from, String message) throws IOException;
    }

    private static Undertow hearing(Heard heard) {
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path()
                        .addExactPath("/live", Handlers.websocket((exchange, channel) -> listen(channel, heard))))
                .build();
        server.start();
        return server;
    }

    private static void listen(WebSocketChannel channel, Heard heard) {
        channel.getReceiveSetter().set(new AbstractReceiveListener() {
            @Override
            protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) throws IOException {
                heard.by(from, message.getData());
            }
        });
        channel.resumeReceives();
    }

    private static Target target(Undertow server) {
        InetSocketAddress at =
                (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
        return new Target("web.1", URI.create("http://127.0.0.1:" + at.getPort()));
    }

    private static void awaitUnlessStopped(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void learn(Users users) throws InterruptedException {
        assertThat(users.awaitEach(1, PATIENCE)).isTrue();
        assertThat(users.judge(PATIENCE)).isTrue();
    }

    private TestServer server() throws Exception {
        return new TestServer(request -> request.target().equals("/me") ? me.get() : Reply.of(200, "welcome"));
    }

    private Users users(TestServer server, Supplier<PlaySettings> play) throws InterruptedException {
        return users(server.target("web.1"), LOGIN, play);
    }

    private Users users(Target target, Scenario scenario, Supplier<PlaySettings> play) throws InterruptedException {
        return new Users(scenario, Controls.of(target, scenario), usual, play, target, Duration.ZERO);
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of(""), List.of());
    }
}
