package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.channels.InMemoryChannels;
import dev.coatcheck.contracts.faults.PausedProcess;
import dev.coatcheck.contracts.faults.Relay;
import dev.coatcheck.servlet.channels.ChannelAccess;
import dev.coatcheck.servlet.channels.ChannelSocketServlet;
import dev.coatcheck.servlet.channels.ChannelStreamServlet;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.ChannelStore;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServletRequest;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** The client for browsers, run by Node, against two instances in different containers; on each face. */
@ParameterizedClass
@ValueSource(strings = {"/channels", "/socket"})
class ChannelClientTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Topic ALBUM = Topic.of("album-7");
    private static final Topic OTHER = Topic.of("other");

    private final InMemoryChannels shared = new InMemoryChannels(InstantSource.system());
    private final Channels first = channels();
    private final Channels second = channels();
    private final Channels publisher = channels();

    /** By which clients have called themselves. */
    private final Set<String> names = ConcurrentHashMap.newKeySet();

    private WebServer one = start(Container.JETTY, first);
    private WebServer two = start(Container.TOMCAT, second);

    @TempDir
    private Path folder;

    @Parameter
    String face = "/channels";

    private Channels channels() {
        return new Channels(shared.attach(), ChannelSettings.defaults());
    }

    private WebServer start(Container container, Channels channels) {
        var access = new ChannelAccess() {
            @Override
            public Subscriber subscriber(HttpServletRequest request) {
                names.add(String.valueOf(request.getParameter("client")));
                return Subscriber.of("ada");
            }

            @Override
            public boolean mayListen(Subscriber subscriber, Topic topic) {
                return !topic.name().equals("secret");
            }
        };
        return container.start(
                (request, response, chain) -> chain.doFilter(request, response),
                Map.of(
                        "/channels", new ChannelStreamServlet(channels, access)::service,
                        "/socket", new ChannelSocketServlet(channels, access)::service));
    }

    @BeforeEach
    void lookForNode() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "there is Node here");
    }

    @AfterEach
    void close() {
        Stream.of(first, second, publisher).forEach(Channels::close);
        Stream.of(one, two).forEach(WebServer::close);
    }

    private NodeClient client(String address, String... others) throws IOException {
        return client("", Stream.concat(Stream.of(address), Stream.of(others)).toList());
    }

    private NodeClient client(String more, List<String> addresses) throws IOException {
        var module = Path.of("src/main/resources/META-INF/resources/coatcheck/channels.js");
        var script = folder.resolve("client.mjs");
        Files.writeString(script, """
            import { connect } from '%s';
            const [, , socket, ...addresses] = process.argv;
            let turn = 0;
            globalThis.reportError = (error) => say('reported', error.message);
            const say = (...words) => console.log(words.join(' '));
            const channels = connect(() => addresses[turn++ %% addresses.length], {
              socket: socket === 'true', shortest: 20, longest: 500, silence: 20000,
              closed: (reason) => say('closed', reason), state: (now) => globalThis.changed?.(now),
            });
            channels.subscribe('album-7', {
              begun: () => say('begun'),
              message: (data) => {
                if (data === 'poison') throw new Error(data);
                say('message', data);
              },
              missed: () => say('missed'),
            });
            channels.subscribe('@me', { begun: () => say('begun'), message: (data) => say('for me', data) });
            """.formatted(module.toUri()) + more);
        return NodeClient.start(
                script,
                Stream.concat(Stream.of("" + face.equals("/socket")), addresses.stream())
                        .toList());
    }

    @Test
    void it_hears_everything_once_and_in_order_although_its_instance_drains_and_its_connection_is_cut()
            throws Exception {
        try (var relay = Relay.to(two.uri().getPort());
                var client = client(one.uri() + face, relay.through(two.uri().toString()) + face, two.uri() + face)) {
            assertThat(client.hear()).isEqualTo("begun");
            for (int i = 0; i < 30; i++) {
                if (i == 10) {
                    first.drain(Duration.ZERO);
                    // It was told to go elsewhere, and comes by way of the relay.
                    await().atMost(PATIENCE)
                            .until(() -> second.present(ALBUM).contains("ada") && second.subscriptions() == 1);
                }
                if (i == 20) {
                    relay.cut();
                }
                publisher.publish(ALBUM, "" + i);
            }

            for (int i = 0; i < 30; i++) {
                assertThat(client.hearUnless("begun")).isEqualTo("message " + i);
            }
            publisher.publish(Topic.ofUser("ada"), "hello");
            assertThat(client.hearUnless("begun")).isEqualTo("for me hello");
            assertThat(names).as("what it called itself each time").hasSize(1).allMatch(name -> name.length() > 8);
        }
    }

    @Test
    void a_handler_that_fails_is_reported_and_costs_neither_the_connection_nor_what_comes_next() throws Exception {
        try (var client = client(one.uri() + face)) {
            assertThat(client.hear()).isEqualTo("begun");
            assertThat(client.hear()).isEqualTo("begun");
            publisher.publish(ALBUM, "poison");
            publisher.publish(ALBUM, "next");

            assertThat(client.hear()).isEqualTo("reported poison");
            assertThat(client.hear()).isEqualTo("message next");
        }
    }

    @Test
    void a_topic_that_is_refused_is_told_and_the_others_go_on() throws Exception {
        try (var client =
                client("channels.subscribe('secret', { refused: () => say('refused') });", List.of(one.uri() + face))) {
            assertThat(client.hearUnless("begun")).isEqualTo("refused");
            await().atMost(PATIENCE).until(() -> first.present(ALBUM).contains("ada"));
            publisher.publish(ALBUM, "next");

            assertThat(client.hearUnless("begun")).isEqualTo("message next");
        }
    }

    @Test
    void who_leaves_a_topic_and_joins_it_again_hears_what_comes_then() throws Exception {
        var again = """
            const leave = channels.subscribe('other', { message: (data) => { leave(); say('left', data); join(); } });
            const join = () => channels.subscribe('other', { begun: () => say('back'), message: (data) => say('other', data) });
            """;
        try (var client = client(again, List.of(one.uri() + face))) {
            await().atMost(PATIENCE).until(() -> first.present(OTHER).contains("ada"));
            publisher.publish(OTHER, "1");
            publisher.publish(OTHER, "2, which came before it joined again, or after it left");
            assertThat(client.hearUnless("begun")).isEqualTo("left 1");
            assertThat(client.hearUnless("begun")).isEqualTo("back");
            publisher.publish(OTHER, "3");
            var next = client.hearUnless("begun");
            if (next.startsWith("other 2,")) { // published when it was back already
                next = client.hearUnless("begun");
            }
            assertThat(next).isEqualTo("other 3");
        }
    }

    @Test
    void it_is_told_what_was_missed_for_good() throws Exception {
        try (var client = client(one.uri() + face, two.uri() + face)) {
            assertThat(client.hear()).isEqualTo("begun");
            publisher.publish(ALBUM, "seen");
            assertThat(client.hearUnless("begun")).isEqualTo("message seen");
            PausedProcess.during(client.pid(), this::forgetWhileItIsAway);

            assertThat(client.hearUnless("begun")).isEqualTo("missed");
            publisher.publish(ALBUM, "new");
            assertThat(client.hearUnless("begun")).isEqualTo("message new");
        }
    }

    private void forgetWhileItIsAway() {
        var few = ChannelSettings.defaults().withRetention(Retention.defaults().withMessages(2));
        drainFirst();
        try (var brief = new Channels(shared.attach(), few)) {
            for (int i = 0; i < 10; i++) {
                brief.publish(ALBUM, "gone " + i);
            }
        }
    }

    private void drainFirst() {
        try {
            first.drain(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void the_pauses_grow_while_a_history_cannot_be_read() throws Exception {
        growingPauses("");
    }

    @Test
    void a_topic_that_is_joined_meanwhile_waits_for_the_pause_to_end() throws Exception {
        growingPauses("globalThis.changed = (now) => now === 'waiting' && setTimeout(() => {"
                + " channels.subscribe('other-' + turn, {}); }, 5);");
    }

    /** @param script what the page does besides */
    private void growingPauses(String script) throws Exception {
        var failed = new LinkedBlockingQueue<Long>();
        var settings = ChannelSettings.defaults().withCheck(Duration.ofHours(1));
        try (var unreadable = new Channels(unreadable(failed), settings);
                var server = start(Container.JETTY, unreadable);
                var client = client(
                        "Math.random = () => 1;" + script,
                        Stream.concat(Stream.of(one.uri() + face), Stream.generate(() -> server.uri() + face))
                                .limit(50)
                                .toList())) {
            publishAndHear(client);
            // What it missed is there before it comes back: on the second instance it has something to catch up with.
            PausedProcess.during(client.pid(), () -> {
                drainFirst();
                publisher.publish(ALBUM, "missed");
            });
            var seen = new ArrayList<Long>();
            while (seen.size() < 8) {
                seen.add(Objects.requireNonNull(failed.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)));
            }
            // 40, 80, 160, 320 ms, and then half a second each, less what a timer of Node may be early.
            for (int i = seen.size() - 3; i < seen.size(); i++) {
                assertThat(Duration.ofNanos(seen.get(i) - seen.get(i - 1)))
                        .isGreaterThanOrEqualTo(Duration.ofMillis(490));
            }
        }
    }

    private void publishAndHear(NodeClient client) throws InterruptedException {
        await().atMost(PATIENCE).until(() -> first.present(ALBUM).contains("ada"));
        publisher.publish(ALBUM, "seen");
        assertThat(client.hearUnless("begun")).isEqualTo("message seen");
    }

    /** @param failed when a history was asked for and could not be read */
    private ChannelStore unreadable(Queue<Long> failed) {
        var store = shared.attach();
        return (ChannelStore) Proxy.newProxyInstance(
                ChannelStore.class.getClassLoader(),
                new Class<?>[] {ChannelStore.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("read")) {
                        failed.add(System.nanoTime());
                        throw new BackingServiceException("channels", "read a topic", new IOException("of a test"));
                    }
                    return method.invoke(store, arguments);
                });
    }

    @Test
    void it_does_not_come_back_when_others_of_its_user_have_taken_its_place() throws Exception {
        try (var client = client(one.uri() + face)) {
            assertThat(client.hear()).isEqualTo("begun");
            assertThat(client.hear()).isEqualTo("begun");
            int most = ChannelSettings.defaults().userSubscriptions();
            for (int i = 0; i < most; i++) {
                first.open(Subscriber.of("ada"));
            }

            assertThat(client.hearUnless("begun")).isEqualTo("closed too-many");
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> first.subscriptions() == most);
        }
    }

    @Test
    void it_does_not_come_back_when_its_user_was_revoked() throws Exception {
        try (var client = client(one.uri() + face)) {
            assertThat(client.hear()).isEqualTo("begun");
            assertThat(client.hear()).isEqualTo("begun");
            publisher.revokeUser("ada");

            assertThat(client.hearUnless("begun")).isEqualTo("closed revoked");
            await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> first.subscriptions() == 0);
        }
    }
}
