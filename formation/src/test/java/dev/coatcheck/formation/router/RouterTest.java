package dev.coatcheck.formation.router;

import static org.awaitility.Awaitility.await;

import dev.coatcheck.host.TcpPorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/** A router with instances of the test's own making, all closed in the end. */
@Timeout(60)
abstract class RouterTest {
    private final Deque<AutoCloseable> opened = new ConcurrentLinkedDeque<>();
    final List<Access> accesses = new CopyOnWriteArrayList<>();
    final List<Notice> notices = new CopyOnWriteArrayList<>();
    final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    static RouterSettings settings() {
        return RouterSettings.defaults()
                .withIoThreads(2)
                .withTimeouts(RouterSettings.Timeouts.defaults().withDrain(Duration.ofMillis(200)));
    }

    final Router router() {
        return router(settings());
    }

    final Router router(RouterSettings settings) {
        return closeLater(Router.start(settings, accesses::add, notices::add));
    }

    final RawUpstream upstream(RawUpstream.Script script) throws IOException {
        return closeLater(RawUpstream.start(script));
    }

    final RawUpstream answering(String body) throws IOException {
        return closeLater(RawUpstream.answering(body));
    }

    final RawClient client(Router router) throws IOException {
        return closeLater(new RawClient(router));
    }

    /** What the access log was told, once it was told of so many requests: it is so after the client has its response. */
    final List<Access> told(int requests) {
        await().until(() -> accesses.size() >= requests);
        return accesses;
    }

    final <T extends AutoCloseable> T closeLater(T resource) {
        opened.addFirst(resource);
        return resource;
    }

    /** An address that nobody listens on, so that the kernel refuses connections to it. */
    static InetSocketAddress refusing() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), TcpPorts.free());
    }

    static URI uri(Router router, String path) {
        return URI.create("http://localhost:" + router.port() + path);
    }

    final HttpResponse<String> get(Router router, String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(router, path)));
    }

    final HttpResponse<String> post(Router router, String body) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(router, "/")).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    final HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @AfterEach
    void closeAll() throws Exception {
        http.shutdownNow();
        for (AutoCloseable resource : opened) {
            resource.close();
        }
    }
}
