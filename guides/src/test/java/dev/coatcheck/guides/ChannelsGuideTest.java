package dev.coatcheck.guides;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.postgres.PostgresPublisher;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.servlet.channels.ChannelAccess;
import dev.coatcheck.servlet.channels.ChannelStreamServlet;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Retention;
import dev.coatcheck.state.channels.Subscriber;
import dev.coatcheck.state.channels.Topic;
import dev.coatcheck.state.sessions.SessionSettings;
import jakarta.servlet.ServletContext;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The samples of {@code docs/channels.md}, as two instances run them. */
class ChannelsGuideTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Topic ALBUM = Topic.of("album-7");

    private final String url = SharedServers.freshRedisUrl();
    private final AttachedProcess one = new AttachedProcess(url);
    private final AttachedProcess two = new AttachedProcess(url);

    @TempDir
    private Path folder;

    @AfterEach
    void detach() {
        one.close();
        two.close();
    }

    private static class Attached {
        final Redis redis;

        Attached(String url) {
            redis = Redis.attach(url);
        }
    }

    private static final class AttachedProcess extends Attached implements AutoCloseable {
        private final List<String> photos = new CopyOnWriteArrayList<>();
        private final List<String> heard = new CopyOnWriteArrayList<>();
        private volatile Optional<Position> reached = Optional.empty();

        AttachedProcess(String url) {
            super(url);
        }

        private final Channels channels = redis.channels(ChannelSettings.defaults());

        void add(String album, String photo) {
            photos.add(photo); // the truth; the message says that it has changed
            channels.publish(Topic.of(album), photo);
        }

        void tell(String user, String text) {
            channels.publish(Topic.ofUser(user), text); // on all devices of theirs
        }

        private void serve(ServletContext servletContext) {
            new SessionFilter(redis.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults())
                    .addTo(servletContext);
            var access = ChannelAccess.bySession((subscriber, topic) -> mayRead(subscriber.user(), topic.name()));
            var stream = servletContext.addServlet("channels", new ChannelStreamServlet(channels, access));
            stream.addMapping("/channels");
            stream.setAsyncSupported(true);
        }

        private static boolean mayRead(Optional<String> user, String album) {
            return user.isPresent() || album.equals("public");
        }

        Set<String> whoLooksAt(String album) {
            return channels.present(Topic.of(album));
        }

        void logOutEverywhere(HttpServletRequest request) {
            var user = SessionUser.of(request).orElseThrow();
            channels.revokeUser(user); // first: where this fails, there is still a session to try again with
            SessionUser.logOutEverywhere(request);
            channels.revokeUser(user); // again, for whoever came back in between
        }

        void listen(Topic topic, Position last) throws InterruptedException {
            try (var subscription = channels.open(Subscriber.anonymous())) {
                subscription.subscribe(topic, last);
                while (true) {
                    switch (subscription.next(Duration.ofSeconds(15))) {
                        case Begun(var of, var position) -> {}
                        case Message(var of, var position, var payload) -> take(position, payload);
                        case Missed(var of, var position) -> readAnew(position);
                        case Nothing() -> {}
                        case Closed(var reason) -> {
                            return;
                        }
                    }
                }
            }
        }

        private void take(Position position, String payload) {
            reached = Optional.of(position);
            heard.add(payload);
        }

        private void readAnew(Position position) {
            reached = Optional.of(position);
            heard.add("all of it");
        }

        Instance start() {
            return Instance.start(
                    this::serve,
                    Map.of(
                            "/login",
                            (request, response) -> SessionUser.logIn(request, "ada"),
                            "/logout-everywhere",
                            (request, response) -> logOutEverywhere(request)));
        }

        @Override
        public void close() {
            channels.close();
            redis.close();
        }
    }

    @Test
    void who_listens_at_one_instance_hears_what_another_publishes_is_present_and_is_ended_from_there() {
        try (var here = one.start();
                var there = two.start();
                var visitor = new Visitor()) {
            assertThat(visitor.send("GET", here.at("/channels?topic=album-7")).statusCode())
                    .isEqualTo(403);
            visitor.get(here.at("/login"));
            try (var reader = visitor.read(here.at("/channels?topic=album-7&topic=@me"))) {
                await().atMost(PATIENCE).until(() -> two.whoLooksAt("album-7").equals(Set.of("ada")));
                two.add("album-7", "a photo");
                two.tell("ada", "hello");

                await().atMost(PATIENCE).until(() -> reader.has("a photo") && reader.has("hello"));
                assertThat(two.photos).containsExactly("a photo");
                visitor.get(there.at("/logout-everywhere"));
                await().atMost(PATIENCE).until(() -> reader.has("revoked"));
            }
            await().atMost(PATIENCE).until(() -> two.whoLooksAt("album-7").isEmpty());
        }
    }

    @Test
    void a_process_that_comes_back_hears_what_it_missed() throws Exception {
        var seen = one.channels.publish(ALBUM, "seen");
        one.add("album-7", "missed");
        var listening = Thread.ofVirtual().name("listening").start(() -> {
            try {
                two.listen(ALBUM, seen);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().atMost(PATIENCE).until(() -> two.heard.equals(List.of("missed")));
        one.add("album-7", "new");
        await().atMost(PATIENCE).until(() -> two.heard.equals(List.of("missed", "new")));
        two.channels.close();

        assertThat(two.reached.orElseThrow().offset()).isGreaterThan(seen.offset());
        assertThat(listening.join(PATIENCE)).isTrue();
    }

    @Test
    void the_client_for_pages_shows_what_any_instance_publishes() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "there is Node here");
        var script = resource("/guides/channels.mjs", "channels-guide.mjs");
        var client = resource("/META-INF/resources/coatcheck/channels.js", "channels.mjs");
        try (var here = Instance.start(this::serveAda, Map.of())) {
            var command = List.of(
                    "node",
                    script.toString(),
                    client.toUri().toString(),
                    here.at("/").toString());
            var said = new CopyOnWriteArrayList<String>();
            try (var node = ProcessGroup.start(new ProcessBuilder(command).redirectErrorStream(true))) {
                // Ends with the process, which is all that ends its output too.
                var output = node.leader().inputReader(StandardCharsets.UTF_8);
                Thread.ofVirtual().name("node-output").start(() -> read(output, said));
                await().atMost(PATIENCE).until(() -> said.containsAll(List.of("begun album-7", "begun @me")));
                two.add("album-7", "a photo");
                await().atMost(PATIENCE).until(() -> said.contains("shows a photo"));
                two.tell("ada", "hello");
                await().atMost(PATIENCE).until(() -> said.contains("shows hello"));
            }
            assertThat(said)
                    .filteredOn(line -> !line.startsWith("begun "))
                    .containsExactly("shows a photo", "shows hello");
        }
    }

    private static void read(BufferedReader output, List<String> said) {
        try {
            output.lines().forEach(said::add);
        } catch (UncheckedIOException e) {
            // Node was ended.
        }
    }

    /** Node has no cookies. */
    private void serveAda(ServletContext servletContext) {
        var access = new ChannelAccess() {
            @Override
            public Subscriber subscriber(HttpServletRequest request) {
                return Subscriber.of("ada");
            }

            @Override
            public boolean mayListen(Subscriber subscriber, Topic topic) {
                return true;
            }
        };
        var stream = servletContext.addServlet("channels", new ChannelStreamServlet(one.channels, access));
        stream.addMapping("/channels");
        stream.setAsyncSupported(true);
    }

    private Path resource(String name, String as) throws IOException {
        var target = folder.resolve(as);
        try (var source = Objects.requireNonNull(getClass().getResourceAsStream(name), name)) {
            Files.copy(source, target);
        }
        return target;
    }

    private static final class Photos {
        private final PostgresPublisher publisher;

        Photos(PostgresPublisher publisher) {
            this.publisher = publisher;
        }

        void add(Connection connection, String album, String photo) throws SQLException {
            insert(connection, photo);
            publisher.publish(connection, Topic.of(album), photo); // last: others who publish to it wait for the commit
        }

        private static void insert(Connection connection, String photo) throws SQLException {
            try (var insert = connection.prepareStatement("insert into photos values (?)")) {
                insert.setString(1, photo);
                insert.executeUpdate();
            }
        }
    }

    @Test
    void what_is_published_in_a_transaction_is_heard_of_when_it_commits() throws Exception {
        try (var postgres = Postgres.attach(SharedServers.freshPostgresUrl());
                var channels = postgres.channels(ChannelSettings.defaults());
                var subscription = channels.open(Subscriber.anonymous());
                var connection = postgres.dataSource().getConnection();
                var statement = connection.createStatement()) {
            statement.execute("create table photos (photo text)");
            subscription.subscribe(ALBUM);
            assertThat(subscription.next(PATIENCE)).isInstanceOf(Begun.class);
            var photos = new Photos(postgres.publisher(Retention.defaults()));
            connection.setAutoCommit(false);
            photos.add(connection, "album-7", "rolled back");
            connection.rollback();
            photos.add(connection, "album-7", "committed");
            assertThat(subscription.next(Duration.ofMillis(200))).isEqualTo(new Nothing());
            connection.commit();

            assertThat(subscription.next(PATIENCE))
                    .isInstanceOfSatisfying(
                            Message.class,
                            message -> assertThat(message.payload()).isEqualTo("committed"));
        }
    }
}
