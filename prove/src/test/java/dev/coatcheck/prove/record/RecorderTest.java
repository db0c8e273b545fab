package dev.coatcheck.prove.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.coatcheck.prove.har.HarReader;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Reading;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
    private static final byte[] BYTES = {1, -1, 0, 2};

    /** The common pool may have a single one. */
    private static final Executor OWN_THREAD =
            task -> Thread.ofVirtual().name("application").start(task);

    @TempDir
    private Path folder;

    private HttpServer server;
    private Recorder recorder;
    private final Queue<Closeable> scripted = new ConcurrentLinkedQueue<>();

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", RecorderTest::answer);
        server.start();
        recorder = Recorder.before(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort()), 0);
    }

    @AfterEach
    void stop() throws IOException {
        for (Closeable each : scripted) {
            each.close();
        }
        recorder.close();
        server.stop(0);
        client.close();
    }

    /** Tells what it got. */
    private static void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String path = exchange.getRequestURI().getPath();
        exchange.getResponseHeaders().add("Set-Cookie", "sid=4f1c9a77; Path=/");
        exchange.getResponseHeaders()
                .add("Content-Type", path.equals("/bytes") ? "application/octet-stream" : "application/json");
        String got = exchange.getRequestHeaders().getFirst("Accept-Encoding");
        byte[] answer = path.equals("/bytes")
                ? BYTES
                : ("{\"id\": 17, \"length\": " + body.length() + ", \"encoding\": \"" + got + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(path.equals("/made") ? 201 : 200, path.equals("/chunks") ? 0 : answer.length);
        try (OutputStream stream = exchange.getResponseBody()) {
            stream.write(answer);
        }
    }

    @Test
    void what_goes_through_is_a_scenario_afterwards() throws Exception {
        assertThat(send("POST", "/made", BodyPublishers.ofString("{\"name\": \"ann\"}"), "application/json")
                        .statusCode())
                .isEqualTo(201);
        assertThat(send("GET", "/chunks", BodyPublishers.noBody(), "").body()).contains("\"encoding\": \"null\"");
        send("PUT", "/things/17?a=b%20c", BodyPublishers.ofByteArray(BYTES), "application/octet-stream");
        send("GET", "/bytes", BodyPublishers.noBody(), "");

        Reading reading = read();
        assertThat(reading.scenario().steps())
                .extracting(Step::title)
                .containsExactly("POST /made", "GET /chunks", "PUT /things/{{step2-1}}?a=b%20c", "GET /bytes");
        assertThat(reading.scenario().steps())
                .extracting(step -> step.expectation().status().toString())
                .containsExactly("201", "200", "200", "200");
        assertThat(reading.scenario().steps().get(2).request().body()).isEqualTo(Body.Bytes.of(BYTES));
        assertThat(reading.notes())
                .containsExactly(
                        "the recording 'recorded': 4 of its 4 entries are steps, those of " + recorder.address());
    }

    @Test
    void a_recording_is_for_its_owner_alone_and_holds_what_went_through() throws Exception {
        send("GET", "/a?q=1", BodyPublishers.noBody(), "");
        send("GET", "/bytes", BodyPublishers.noBody(), "");
        Path file = folder.resolve("recorded.har");
        Files.writeString(file, "an older one");
        recorder.write(file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file).content().contains("sid=4f1c9a77; Path=/", "\"creator\"", "Af8AAg==", "/a?q=1");
        assertThat(folder).isDirectoryNotContaining("glob:**.coatcheck*");
    }

    @Test
    void a_body_of_unknown_length_and_one_that_waits_to_be_asked_for_go_through() throws Exception {
        byte[] large = new byte[200_000];
        HttpResponse<String> chunked = send(
                "POST",
                "/chunks",
                BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(large)),
                "text/plain");
        assertThat(chunked.body()).contains("\"length\": 200000");
        HttpRequest patient = HttpRequest.newBuilder(recorder.address().resolve("/later"))
                .expectContinue(true)
                .POST(BodyPublishers.ofByteArray(large))
                .build();
        assertThat(client.send(patient, BodyHandlers.ofString()).body()).contains("\"length\": 200000");
        assertThat(recorder.size()).isEqualTo(2);
        assertThat(recorder.notes()).isEmpty();
    }

    @Test
    void what_switches_to_another_protocol_goes_through_both_ways() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Recorder before = Recorder.before(URI.create("http://127.0.0.1:" + listening.getLocalPort()), 0)) {
            CompletableFuture<Void> echo = CompletableFuture.runAsync(() -> echo(listening), OWN_THREAD);
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), before.address().getPort())) {
                socket.getOutputStream()
                        .write("GET /live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
                                .getBytes(StandardCharsets.ISO_8859_1));
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
                assertThat(reader.readLine()).isEqualTo("HTTP/1.1 101 Switching Protocols");
                assertThat(reader.readLine()).isEmpty();
                socket.getOutputStream().write("hello\n".getBytes(StandardCharsets.ISO_8859_1));
                assertThat(reader.readLine()).isEqualTo("hello");
            }
            echo.join();
        }
    }

    @Test
    void what_is_said_on_a_websocket_is_recorded_and_can_be_said_again() throws Exception {
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(Handlers.websocket((exchange, channel) -> {
                    channel.getReceiveSetter().set(new AbstractReceiveListener() {
                        @Override
                        protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                            WebSockets.sendText("heard " + message.getData(), from, null);
                        }
                    });
                    channel.resumeReceives();
                }))
                .build();
        server.start();
        int port = ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
        CompletableFuture<String> heard = new CompletableFuture<>();
        try (Recorder before = Recorder.before(URI.create("http://127.0.0.1:" + port), 0)) {
            client.send(HttpRequest.newBuilder(before.address()).build(), BodyHandlers.discarding());
            WebSocket socket = client.newWebSocketBuilder()
                    .buildAsync(
                            URI.create("ws://127.0.0.1:" + before.address().getPort() + "/live"),
                            new WebSocket.Listener() {
                                @Override
                                public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
                                    heard.complete(text.toString());
                                    return CompletableFuture.completedStage(text);
                                }
                            })
                    .get(20, TimeUnit.SECONDS);
            socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
            assertThat(heard.get(20, TimeUnit.SECONDS)).isEqualTo("heard hello");
            before.write(folder.resolve("recorded.har"));
            socket.abort();
        } finally {
            server.stop();
        }

        assertThat(Files.readString(folder.resolve("recorded.har"))).contains("heard hello");
        assertThat(HarReader.read(folder.resolve("recorded.har")).scenario().steps())
                .last()
                .satisfies(step -> {
                    assertThat(step.title()).isEqualTo("WEBSOCKET /live");
                    assertThat(step.request().body())
                            .isEqualTo(new Body.Messages(
                                    List.of(new Body.Message(Template.literal("hello"), Body.Await.NOTHING))));
                });
    }

    private static void echo(ServerSocket listening) {
        try (Socket socket = listening.accept();
                BufferedReader reader = new BufferedReader(
                        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1))) {
            while (!reader.readLine().isEmpty()) {}
            socket.getOutputStream()
                    .write("HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write((reader.readLine() + "\n").getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void who_has_the_last_byte_of_an_answer_finds_it_recorded() throws Exception {
        for (int i = 1; i <= 300; i++) {
            send("GET", "/bytes?n=" + i, BodyPublishers.noBody(), "");
            assertThat(recorder.size()).isEqualTo(i);
        }
        recorder.write(folder.resolve("recorded.har"));
        assertThat(Files.readString(folder.resolve("recorded.har")).split("Af8AAg==", -1))
                .hasSize(301);
    }

    @Test
    void one_connection_has_answers_of_every_framing_and_ends_where_the_answer_does() throws Exception {
        Map<String, String> answers = Map.of(
                "/length", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none",
                "/chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\ntwo\r\n0\r\n\r\n",
                "/nothing", "HTTP/1.1 204 No Content\r\n\r\n",
                "/head", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
                "/end", "HTTP/1.0 200 OK\r\n\r\nto the end");
        try (Recorder before = beforeScript(answers);
                Socket socket = new Socket(
                        InetAddress.getLoopbackAddress(), before.address().getPort())) {
            for (String request :
                    List.of("GET /length", "HEAD /head", "GET /chunks", "GET /nothing", "GET /length", "GET /end")) {
                ask(socket, request);
                String expected = answers.getOrDefault(request.substring(request.indexOf('/')), "");
                assertThat(new String(
                                socket.getInputStream().readNBytes(expected.length()), StandardCharsets.ISO_8859_1))
                        .isEqualTo(expected);
            }
            assertThat(socket.getInputStream().read()).isNegative();
            assertThat(before.size()).isEqualTo(6);
            assertThat(before.notes()).isEmpty();
        }
    }

    @Test
    void what_is_broken_off_by_the_application_or_by_the_end_of_the_recording_is_kept_as_far_as_it_came()
            throws Exception {
        Map<String, String> answers = Map.of(
                "/cut", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1000\r\n\r\nhalf of it",
                "/stream", "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
        Recorder before = beforeScript(answers);
        try (before;
                Socket cut = new Socket(
                        InetAddress.getLoopbackAddress(), before.address().getPort());
                Socket stream = new Socket(
                        InetAddress.getLoopbackAddress(), before.address().getPort())) {
            ask(cut, "GET /cut");
            assertThat(new String(cut.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1))
                    .endsWith("half of it");
            ask(stream, "GET /stream");
            stream.getInputStream()
                    .readNBytes(answers.getOrDefault("/stream", "").length());
        }
        before.write(folder.resolve("recorded.har"));
        assertThat(HarReader.read(folder.resolve("recorded.har")).scenario().steps())
                .extracting(Step::title)
                .containsExactly("GET /cut", "GET /stream");
        assertThat(Files.readString(folder.resolve("recorded.har"))).contains("half of it", "data: 1");
        assertThat(before.notes()).singleElement().asString().endsWith("requests were broken off before their end");
    }

    private static void ask(Socket socket, String request) throws IOException {
        socket.getOutputStream()
                .write((request + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Before an application that answers each path with these very bytes, and ends the connection; but not a stream's. */
    private Recorder beforeScript(Map<String, String> answers) throws IOException {
        ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        scripted.add(listening);
        Thread.ofVirtual().name("scripted").start(() -> {
            while (!listening.isClosed()) {
                try {
                    Socket socket = listening.accept();
                    String path =
                            Head.read(socket.getInputStream()).orElseThrow().word(1);
                    socket.getOutputStream()
                            .write(answers.getOrDefault(path, "").getBytes(StandardCharsets.ISO_8859_1));
                    if (path.equals("/stream")) {
                        scripted.add(socket);
                    } else {
                        socket.close();
                    }
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
        return Recorder.before(URI.create("http://127.0.0.1:" + listening.getLocalPort()), 0);
    }

    @Test
    void a_request_without_an_answer_is_left_out_and_said() throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Recorder before = Recorder.before(URI.create("http://127.0.0.1:" + listening.getLocalPort()), 0)) {
            CompletableFuture<Void> rude = CompletableFuture.runAsync(
                    () -> {
                        try (Socket socket = listening.accept()) {
                            Head.read(socket.getInputStream());
                        } catch (IOException e) {
                            throw new java.io.UncheckedIOException(e);
                        }
                    },
                    OWN_THREAD);
            try (Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), before.address().getPort())) {
                socket.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
                assertThat(socket.getInputStream().read()).isNegative();
            }
            rude.join();
            assertThat(before.size()).isZero();
            assertThat(before.notes())
                    .singleElement()
                    .asString()
                    .startsWith("1 requests had no answer and were left out")
                    .endsWith("the application ended the connection without an answer");
        }
    }

    @Test
    void a_client_that_offers_another_protocol_is_recorded_in_this_one() throws Exception {
        server.createContext("/offer", exchange -> {
            byte[] told = (exchange.getRequestHeaders().get("Upgrade") + " "
                            + exchange.getRequestHeaders().get("HTTP2-Settings") + " "
                            + exchange.getRequestHeaders().get("Connection"))
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, told.length);
            exchange.getResponseBody().write(told);
            exchange.close();
        });
        try (HttpClient newest = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(recorder.address().resolve("/offer")).build();
            assertThat(newest.send(request, BodyHandlers.ofString()).body()).isEqualTo("null null null");
        }
        assertThat(read().scenario().steps().getFirst().request().headers())
                .extracting(field -> field.name().toLowerCase(java.util.Locale.ROOT))
                .doesNotContain("upgrade", "http2-settings");
    }

    @Test
    void pictures_and_bodies_that_are_dropped_do_not_use_up_what_others_may_have() {
        java.util.concurrent.atomic.AtomicLong budget = new java.util.concurrent.atomic.AtomicLong(100);
        Kept tooLarge = new Kept(budget);
        tooLarge.add(new byte[60], 60);
        tooLarge.add(new byte[60], 60);
        assertThat(tooLarge.isCut()).isTrue();
        assertThat(budget).hasValue(100);
        RecordedExchange exchange = new RecordedExchange(
                "http://localhost", new Head("GET /a HTTP/1.1", java.util.List.of()), budget, budget);
        exchange.answered(new Head(
                        "HTTP/1.1 200 OK",
                        java.util.List.of(new dev.coatcheck.prove.play.Header("Content-Type", "image/png"))))
                .add(new byte[60], 60);
        assertThat(budget).hasValue(100);
        assertThat(exchange.isCut()).isFalse();
    }

    @Test
    void it_is_reached_at_each_address_of_localhost() throws Exception {
        java.net.InetAddress six = java.net.InetAddress.ofLiteral("::1");
        org.junit.jupiter.api.Assumptions.assumeTrue(
                java.net.NetworkInterface.getByInetAddress(six) != null, "there is no IPv6 here");
        URI address = URI.create("http://[::1]:" + recorder.address().getPort() + "/bytes");
        assertThat(client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofByteArray())
                        .body())
                .isEqualTo(BYTES);
    }

    @Test
    void an_application_that_is_not_there_is_said() throws Exception {
        server.stop(0);
        HttpResponse<String> answer = send("GET", "/", BodyPublishers.noBody(), "");
        assertThat(answer.statusCode()).isEqualTo(502);
        assertThat(answer.body()).contains("The application cannot be reached");
        assertThat(recorder.size()).isZero();
    }

    private HttpResponse<String> send(String method, String path, HttpRequest.BodyPublisher body, String type)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(recorder.address().resolve(path))
                .method(method, body)
                .header("Accept-Encoding", "gzip");
        return client.send(
                (type.isEmpty() ? request : request.header("Content-Type", type)).build(), BodyHandlers.ofString());
    }

    private Reading read() throws IOException {
        Path file = folder.resolve("recorded.har");
        recorder.write(file);
        return HarReader.read(file);
    }
}
