package dev.coatcheck.prove.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.prove.compare.Control;
import dev.coatcheck.prove.play.PlaySettings;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.play.TestServer;
import dev.coatcheck.prove.play.TestServer.Reply;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
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
    void too_many_requests_are_no_failure_and_what_they_keep_from_being_played_was_never_compared() throws Exception {
        try (TestServer server = server();
                Users users = users(server, () -> Controls.SETTINGS)) {
            assertThat(users.awaitEach(1, PATIENCE)).isTrue();
            me.set(Reply.of(429, "slow down"));
            assertThat(users.awaitEach(1, PATIENCE)).isTrue();
            users.judge();

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
            assertThat(users.tally().firstFailure().orElse("")).startsWith("step 2 GET /me: not over");
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
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.path()
                        .addExactPath("/live", Handlers.websocket((exchange, channel) -> listen(channel, said))))
                .build();
        server.start();
        try {
            InetSocketAddress at =
                    (InetSocketAddress) server.getListenerInfo().getFirst().getAddress();
            Target target = new Target("web.1", URI.create("http://127.0.0.1:" + at.getPort()));
            Control control = Controls.of(target, chat);
            try (Users users = new Users(chat, control, usual, () -> Controls.SETTINGS, target, Duration.ZERO)) {
                learn(users);
                assertThat(users.awaitEach(1, PATIENCE)).isTrue();
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

    private static void listen(WebSocketChannel channel, ConcurrentMap<WebSocketChannel, List<String>> said) {
        said.put(channel, List.of());
        channel.getReceiveSetter().set(new AbstractReceiveListener() {
            @Override
            protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                String told = message.getData();
                said.compute(
                        from,
                        (_, before) ->
                                before == null || before.isEmpty() ? List.of(told) : List.of(before.getFirst(), told));
            }
        });
        channel.resumeReceives();
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
        users.judge();
    }

    private TestServer server() throws Exception {
        return new TestServer(request -> request.target().equals("/me") ? me.get() : Reply.of(200, "welcome"));
    }

    private Users users(TestServer server, Supplier<PlaySettings> play) throws InterruptedException {
        Target target = server.target("web.1");
        return new Users(LOGIN, Controls.of(target, LOGIN), usual, play, target, Duration.ZERO);
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of(""), List.of());
    }
}
