package dev.coatcheck.formation;

import static org.awaitility.Awaitility.await;

import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.formation.event.Event;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Lifecycle;
import dev.coatcheck.formation.supervision.InstanceState;
import dev.coatcheck.formation.supervision.InstanceStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** An application in a folder, the formation that runs it, and what that told. */
final class TestFormation implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    /** Answers with its name, waits for as long as the query says, and takes its leave when it is asked to. */
    private static final String SERVER = """
            const http = require('http');
            const server = http.createServer((request, response) => {
              console.log(request.url);
              const wait = Number(new URL(request.url, 'http://x').searchParams.get('wait') || 0);
              setTimeout(() => response.end(process.env.COATCHECK_INSTANCE), wait);
            });
            server.listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
            process.on('SIGTERM', () => { server.close(() => process.exit(0)); server.closeIdleConnections(); });
            """;

    private final HttpClient client = HttpClient.newHttpClient();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Path folder;
    private FormationSettings settings =
            FormationSettings.defaults().withTcpPort(0).withStopLimit(Duration.ofSeconds(10));
    private Formation formation;

    private TestFormation(Path folder) throws IOException {
        this.folder = folder;
        write("server.js", SERVER);
        write("Procfile", "web: node server.js\n");
        formation = make(UnaryOperator.identity());
    }

    /** With a Procfile of one web process, not started. */
    static TestFormation in(Path folder) throws IOException {
        return new TestFormation(folder);
    }

    TestFormation write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
        return this;
    }

    TestFormation with(UnaryOperator<FormationSettings> change) {
        settings = change.apply(settings);
        return this;
    }

    TestFormation start() {
        return start(UnaryOperator.identity());
    }

    TestFormation start(UnaryOperator<ApplicationOptions> options) {
        formation = make(options);
        formation.start();
        return this;
    }

    TestFormation awaitReady() {
        await().atMost(LIMIT).until(() -> formation.ready().isDone());
        formation.ready().join();
        return this;
    }

    Formation formation() {
        return formation;
    }

    InstanceStatus instance(String name) {
        return formation.instances().stream()
                .filter(instance -> instance.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    void awaitState(String name, InstanceState state) {
        await().atMost(LIMIT).until(() -> instance(name).state() == state);
    }

    List<Lifecycle> told(Kind kind) {
        return events.stream()
                .filter(Lifecycle.class::isInstance)
                .map(Lifecycle.class::cast)
                .filter(event -> event.kind() == kind)
                .toList();
    }

    List<String> banners() {
        return events.stream()
                .filter(Event.Banner.class::isInstance)
                .map(event -> ((Event.Banner) event).text())
                .toList();
    }

    List<String> output(String instance) {
        return events.stream()
                .filter(Event.Output.class::isInstance)
                .map(Event.Output.class::cast)
                .filter(event -> event.instance().equals(instance))
                .map(Event.Output::line)
                .toList();
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return get(formation.tcpPort(), path);
    }

    HttpResponse<String> get(int tcpPort, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tcpPort + path))
                .timeout(LIMIT)
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    /** Waits until a process of the application has written a whole line into this file of its folder. */
    String awaitFile(String name) {
        AtomicReference<String> text = new AtomicReference<>("");
        await().atMost(LIMIT).until(() -> {
            for (Path build : builds()) {
                if (Files.exists(build.resolve(name))) {
                    text.set(Files.readString(build.resolve(name)));
                }
            }
            return text.get().endsWith("\n");
        });
        return text.get().strip();
    }

    /** The folders that processes of the application run in, or ran in. */
    List<Path> builds() throws IOException {
        if (!Files.isDirectory(folder.resolve(".coatcheck/builds"))) {
            return List.of(); // nothing has been started yet
        }
        try (Stream<Path> builds = Files.list(folder.resolve(".coatcheck/builds"))) {
            return builds.filter(Files::isDirectory).toList();
        }
    }

    static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            return !stat.substring(stat.lastIndexOf(')') + 2).startsWith("Z");
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        formation.close();
        client.close();
    }

    private Formation make(UnaryOperator<ApplicationOptions> options) {
        ApplicationOptions of = ApplicationOptions.of(System.getenv());
        return Formation.of(Application.read(folder, options.apply(of)), settings, events::add);
    }
}
