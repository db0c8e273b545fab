package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class TlsTest extends RouterTest {
    @TempDir
    private static Path folder = Path.of("");

    private final TlsFiles files = TestCertificates.shared("one", "EC");

    private Router secure() {
        return router(settings().withTls(files));
    }

    /** Believes every certificate, since who signed them is not what is tried here. */
    static SSLContext trusting() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, null);
        return context;
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private HttpClient client(Version version) throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .version(version)
                .sslContext(trusting())
                .connectTimeout(Duration.ofSeconds(20))
                .build();
        return closeLater(client);
    }

    private static HttpRequest.Builder to(Router router, String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + router.port() + path))
                .timeout(Duration.ofSeconds(20));
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void requests_of_either_version_reach_the_instance_as_http_1(Version version) throws Exception {
        Router router = secure();
        RawUpstream upstream = upstream((request, connection) -> connection.respond(200, request.body()));
        router.add("web.1", upstream.address());
        HttpClient client = client(version);

        HttpResponse<String> got = client.send(to(router, "/a?b=c").build(), BodyHandlers.ofString());
        HttpResponse<String> posted = client.send(
                to(router, "/").POST(BodyPublishers.ofString("words")).build(), BodyHandlers.ofString());

        assertThat(got.statusCode()).isEqualTo(200);
        assertThat(got.version()).isEqualTo(version);
        assertThat(got.headers().firstValue("X-Coatcheck-Instance")).contains("web.1");
        assertThat(posted.body()).isEqualTo("words");
        RawUpstream.Request first = upstream.requests.getFirst();
        assertThat(first.line()).isEqualTo("GET /a?b=c HTTP/1.1");
        assertThat(first.header("Host")).contains("localhost:" + router.port());
        assertThat(first.header("X-Forwarded-Proto")).contains("https");
        assertThat(first.header("X-Forwarded-Port")).contains(Integer.toString(router.port()));
        assertThat(first.head()).doesNotContain(":method", ":path", ":authority");
        assertThat(told(2)).extracting(Access::status).containsExactly(200, 200);
        assertThat(accesses).allMatch(Access::complete).last().returns(5L, Access::bytesSent);
    }

    @ParameterizedTest
    @EnumSource(Version.class)
    void large_bodies_stream_both_ways(Version version) throws Exception {
        Router router = secure();
        router.add(
                "web.1",
                upstream((request, connection) -> connection.respond(200, request.body()))
                        .address());
        String large = "0123456789".repeat(200_000);

        HttpResponse<String> response = client(version)
                .send(to(router, "/").POST(BodyPublishers.ofString(large)).build(), BodyHandlers.ofString());

        assertThat(response.body()).isEqualTo(large);
    }

    @Test
    void many_requests_share_one_http2_connection() throws Exception {
        Router router = secure();
        CountDownLatch all = new CountDownLatch(50);
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            if (!request.line().startsWith("GET /first")) {
                                all.countDown();
                                all.await();
                            }
                            connection.respond(200, request.line());
                        })
                        .address());
        HttpClient client = client(Version.HTTP_2);

        // Without a connection to share, each of the others would begin one of its own.
        client.send(to(router, "/first").build(), BodyHandlers.discarding());
        List<CompletableFuture<HttpResponse<String>>> responses = IntStream.range(0, 50)
                .mapToObj(i -> client.sendAsync(to(router, "/" + i).build(), BodyHandlers.ofString()))
                .toList();

        for (int i = 0; i < 50; i++) {
            assertThat(responses.get(i).get().body()).isEqualTo("GET /" + i + " HTTP/1.1");
        }
    }

    @Test
    void a_head_request_and_an_empty_response_have_no_body() throws Exception {
        Router router = secure();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            if (request.line().startsWith("HEAD")) {
                                connection.writeHead("200 OK", "Content-Length: 100");
                            } else {
                                connection.writeHead("204 No Content");
                            }
                        })
                        .address());
        HttpClient client = client(Version.HTTP_2);

        HttpResponse<String> head = client.send(to(router, "/").HEAD().build(), BodyHandlers.ofString());
        HttpResponse<String> empty = client.send(to(router, "/").build(), BodyHandlers.ofString());

        assertThat(head.headers().firstValue("Content-Length")).contains("100");
        assertThat(head.body()).isEmpty();
        assertThat(empty.statusCode()).isEqualTo(204);
    }

    @Test
    void an_http2_response_that_its_instance_cuts_is_not_taken_for_complete() throws Exception {
        Router router = secure();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead("200 OK", "Transfer-Encoding: chunked");
                            connection.write("5\r\nhello\r\n");
                            connection.reset();
                        })
                        .address());

        assertThatThrownBy(() -> client(Version.HTTP_2).send(to(router, "/").build(), BodyHandlers.ofString()))
                .isInstanceOf(IOException.class);
        assertThat(told(1)).noneMatch(Access::complete);
    }

    @Test
    void a_client_that_gives_up_an_http2_request_frees_its_instance() throws Exception {
        Router router = secure();
        CountDownLatch gone = new CountDownLatch(1);
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            if (connection.readHead() == null) {
                                gone.countDown();
                            }
                        })
                        .address());
        CompletableFuture<HttpResponse<String>> response =
                client(Version.HTTP_2).sendAsync(to(router, "/").build(), BodyHandlers.ofString());
        await().until(() -> upstream.inFlight() == 1);

        response.cancel(true);

        gone.await();
        await().until(() -> upstream.inFlight() == 0);
        assertThat(told(1)).extracting(Access::status).containsExactly(Access.CLIENT_LEFT);
    }

    @Test
    void a_refused_http2_upload_is_told_why() throws Exception {
        Router router = router(settings()
                .withTls(files)
                .withLimits(RouterSettings.Limits.defaults().withBodyBytes(1000)));

        HttpResponse<String> response = client(Version.HTTP_2)
                .send(
                        to(router, "/")
                                .POST(BodyPublishers.ofByteArray(new byte[30_000]))
                                .build(),
                        BodyHandlers.ofString());

        assertThat(response.statusCode()).isEqualTo(413);
    }

    @Test
    void a_websocket_passes_over_tls() throws Exception {
        Router router = secure();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.write(WebSocketHandshake.response(request));
                            connection.write("\u0081\u0002hi\u0088\u0002\u0003\u00e8");
                            connection.readHead();
                        })
                        .address());
        CompletableFuture<String> text = new CompletableFuture<>();
        WebSocket socket = client(Version.HTTP_2)
                .newWebSocketBuilder()
                .buildAsync(URI.create("wss://localhost:" + router.port() + "/"), new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                        text.complete(data.toString());
                        return WebSocket.Listener.super.onText(from, data, last);
                    }
                })
                .get();

        assertThat(text.get()).isEqualTo("hi");
        socket.abort();
    }

    @Test
    void older_versions_of_tls_are_not_spoken() throws Exception {
        Router router = secure();
        try (SSLSocket socket = (SSLSocket)
                trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), router.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
        }
        try (SSLSocket socket = (SSLSocket)
                trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), router.port())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void a_client_that_does_not_finish_the_handshake_is_let_go() throws Exception {
        Router router = router(
                settings().withTls(files).withTimeouts(settings().timeouts().withRequestHead(Duration.ofMillis(300))));

        assertThat(client(router).isClosed()).isTrue();
    }

    @Test
    void a_renewed_certificate_is_used_for_new_connections_and_old_ones_go_on() throws Exception {
        TlsFiles used = new TlsFiles(folder.resolve("cert.pem"), folder.resolve("key.pem"));
        TlsFiles next = TestCertificates.shared("other", "EC");
        Files.copy(files.certificate(), used.certificate());
        Files.copy(files.key(), used.key());
        Router router = router(settings().withTls(used));
        router.add("web.1", answering("ok").address());
        HttpClient before = client(Version.HTTP_2);
        HttpResponse<String> first = before.send(to(router, "/").build(), BodyHandlers.ofString());

        Files.copy(next.key(), used.key(), StandardCopyOption.REPLACE_EXISTING);
        Files.copy(next.certificate(), used.certificate(), StandardCopyOption.REPLACE_EXISTING);

        await().atMost(Duration.ofSeconds(20)).until(() -> {
            // One that is idle for 10 s its client would close.
            before.send(to(router, "/").build(), BodyHandlers.ofString());
            return subject(client(Version.HTTP_2).send(to(router, "/").build(), BodyHandlers.ofString()))
                    .contains("OU=other");
        });
        HttpResponse<String> later = before.send(to(router, "/").build(), BodyHandlers.ofString());
        assertThat(subject(first)).contains("OU=one");
        assertThat(subject(later)).as("on the connection from before").contains("OU=one");
        assertThat(notices).last().isInstanceOf(Notice.CertificateRenewed.class);
        Files.writeString(used.key(), "nonsense");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> notices.getLast() instanceof Notice.CertificateRefused refused
                        && refused.message().contains("holds no private key"));
        assertThat(client(Version.HTTP_2)
                        .send(to(router, "/").build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private static String subject(HttpResponse<String> response) throws IOException {
        X509Certificate shown =
                (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }

    @Test
    void http2_requests_in_flight_finish_when_the_router_closes() throws Exception {
        Router router = router(
                settings().withTls(files).withTimeouts(settings().timeouts().withDrain(Duration.ofSeconds(10))));
        CountDownLatch finish = new CountDownLatch(1);
        Upstream upstream = router.add(
                "web.1",
                upstream((request, connection) -> {
                            finish.await();
                            connection.respond(200, "finished");
                        })
                        .address());
        CompletableFuture<HttpResponse<String>> response =
                client(Version.HTTP_2).sendAsync(to(router, "/").build(), BodyHandlers.ofString());
        await().until(() -> upstream.inFlight() == 1);

        Thread closing = Thread.ofVirtual().name("closing").start(router::close);
        finish.countDown();

        assertThat(response.get().body()).isEqualTo("finished");
        assertThat(closing.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void a_router_whose_certificate_cannot_be_used_does_not_start() {
        TlsFiles missing = new TlsFiles(folder.resolve("missing.pem"), files.key());

        assertThatThrownBy(() -> router(settings().withTls(missing)))
                .isInstanceOf(InvalidTlsFilesException.class)
                .hasMessageContaining("missing.pem is not there");
    }
}
