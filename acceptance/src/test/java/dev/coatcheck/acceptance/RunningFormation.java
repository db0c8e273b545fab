package dev.coatcheck.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.postgres.Postgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./coatcheck up} on a copy of the gallery's folder, so that a test leaves the folder itself alone. */
final class RunningFormation implements AutoCloseable {
    private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

    /** What the script {@code coatcheck} becomes, without its look at whether anything is to be built. */
    private static final List<String> COMMAND = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-jar",
            PROJECT.resolve("cli/target/coatcheck-cli.jar").toString());

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration CHANGE_LIMIT = Duration.ofMinutes(5);
    private static final Duration LIMIT = Duration.ofMinutes(1);

    record Instance(String name, String type, long pid, int port, String state) {
        URI address() {
            return URI.create("http://127.0.0.1:" + port);
        }
    }

    private final Path folder;
    private final Process runner;
    private final int port;
    private final List<Long> seen = new ArrayList<>();

    private RunningFormation(Path folder, Process runner, int port) {
        this.folder = folder;
        this.runner = runner;
        this.port = port;
    }

    /** What {@code up} needs of the gallery's folder; the jars are those that the build made. */
    static Path copyOfTheGallery(Path temporary) throws IOException {
        var gallery = PROJECT.resolve("gallery");
        for (var file : List.of("Procfile", "app.json", "admin")) {
            Files.copy(gallery.resolve(file), temporary.resolve(file));
        }
        Files.createSymbolicLink(temporary.resolve("target"), gallery.resolve("target"));
        return temporary;
    }

    /** @param more options of {@code up}, such as {@code --with s3} */
    static RunningFormation up(Path folder, int web, int workers, String... more) throws IOException {
        int port = freePort();
        var formation = "web=" + web + ",worker=" + workers;
        var words = new ArrayList<>(
                List.of("up", folder.toString(), "--port", Integer.toString(port), "--formation", formation));
        words.addAll(List.of(more));
        var builder = command(words.toArray(String[]::new));
        // Attached resources of whoever runs the tests are not the test's business.
        List.of("DATABASE_URL", "REDIS_URL", "AWS_ENDPOINT_URL_S3", "S3_BUCKET", "PORT")
                .forEach(builder.environment()::remove);
        var log = folder.resolve("up.log").toFile();
        var runner = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
                .start();
        var running = new RunningFormation(folder, runner, port);
        try {
            running.awaitReady(web + workers);
        } catch (RuntimeException | Error e) {
            var output = Files.readString(log.toPath());
            running.close();
            throw new AssertionError("the formation did not become ready; it said:\n" + output, e);
        }
        return running;
    }

    private void awaitReady(int instances) {
        await().atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(300))
                .failFast("the runner has ended", () -> !runner.isAlive())
                .untilAsserted(() -> assertThat(ps())
                        .hasSize(instances)
                        .allMatch(instance -> instance.state().equals("ready")));
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** The instances, as {@code coatcheck ps --json} tells. */
    List<Instance> ps() {
        var json = JsonMapper.shared().readTree(run("ps", "--json", "-C", folder.toString()));
        var instances = StreamSupport.stream(json.spliterator(), false)
                .map(each -> new Instance(
                        each.path("name").asString(),
                        each.path("type").asString(),
                        each.path("pid").asLong(),
                        each.path("port").asInt(),
                        each.path("state").asString()))
                .toList();
        instances.stream().map(Instance::pid).filter(pid -> !seen.contains(pid)).forEach(seen::add);
        return instances;
    }

    List<Instance> ps(String type) {
        return ps().stream().filter(instance -> instance.type().equals(type)).toList();
    }

    /** Those of a type that are ready, once there are so many. */
    List<Instance> awaitReady(String type, int atLeast) {
        return await().atMost(START_LIMIT)
                .pollInterval(Duration.ofMillis(100))
                .until(
                        () -> ps(type).stream()
                                .filter(instance -> instance.state().equals("ready"))
                                .toList(),
                        ready -> ready.size() >= atLeast);
    }

    /** Where the formation's own database is, as a worker is told. */
    String databaseUrl() throws IOException {
        return Optional.ofNullable(environment().get("DATABASE_URL")).orElseThrow();
    }

    /** How many uploads a database knows of, also such as have become blobs. */
    static int uploadsIn(Postgres postgres) throws SQLException {
        try (var connection = postgres.dataSource().getConnection();
                var count = connection.prepareStatement("SELECT count(*) FROM coatcheck.uploads");
                var row = count.executeQuery()) {
            row.next();
            return row.getInt(1);
        }
    }

    /** What a worker is told. */
    Map<String, String> environment() throws IOException {
        var environment =
                Files.readString(Path.of("/proc/" + ps("worker").getFirst().pid() + "/environ"));
        return Stream.of(environment.split("\0"))
                .map(variable -> variable.split("=", 2))
                .filter(variable -> variable.length == 2)
                .collect(Collectors.toMap(variable -> variable[0], variable -> variable[1], (a, b) -> a));
    }

    /** The process ids of all that this formation ever told of, and of everything that descends from them now. */
    List<Long> everything() {
        var pids = new ArrayList<>(seen);
        runner.descendants().map(ProcessHandle::pid).forEach(pids::add);
        return pids;
    }

    void roll() {
        run(CHANGE_LIMIT, "roll", "-C", folder.toString());
    }

    void scale(String type, int quantity) {
        run(CHANGE_LIMIT, "scale", type + "=" + quantity, "-C", folder.toString());
    }

    /** A one-off command, as an operator gives it. */
    String admin(String... words) {
        var command = new ArrayList<>(List.of("run", "-C", folder.toString(), "./admin"));
        command.addAll(List.of(words));
        return run(command.toArray(String[]::new));
    }

    void restart(String instance) {
        run(CHANGE_LIMIT, "restart", instance, "-C", folder.toString());
    }

    /** As a person does it. */
    void stop() throws InterruptedException {
        run("stop", "-C", folder.toString());
        assertThat(runner.waitFor(60, TimeUnit.SECONDS))
                .as("up ends after stop")
                .isTrue();
    }

    void killTheRunner() throws InterruptedException {
        runner.destroyForcibly();
        assertThat(runner.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    static void signal(String name, Instance instance) throws IOException, InterruptedException {
        var kill = new ProcessBuilder("kill", "-" + name, Long.toString(instance.pid())).start();
        assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(kill.exitValue()).isZero();
    }

    static void kill(Instance instance) {
        ProcessHandle.of(instance.pid()).ifPresent(ProcessHandle::destroyForcibly);
    }

    static boolean lives(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static String run(String... words) {
        return run(LIMIT, words);
    }

    private static String run(Duration limit, String... words) {
        var builder = command(words).redirectError(ProcessBuilder.Redirect.INHERIT);
        try {
            var process = builder.start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue())
                    .as("%s said: %s", builder.command(), output)
                    .isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + builder.command(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + builder.command(), e);
        }
    }

    /** The command line as a program. */
    static ProcessBuilder command(String... words) {
        var command = new ArrayList<>(COMMAND);
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        // As the script does.
        builder.environment().put("COATCHECK_JAVA", COMMAND.getFirst());
        return builder;
    }

    private static int freePort() throws IOException {
        while (true) { // below what a system gives out for port 0: nobody is given it before it is used
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // another one
            }
        }
    }

    @Override
    public void close() {
        if (runner.isAlive()) {
            runner.destroy();
            try {
                if (!runner.waitFor(60, TimeUnit.SECONDS)) {
                    runner.destroyForcibly();
                }
            } catch (InterruptedException e) {
                runner.destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
    }
}
