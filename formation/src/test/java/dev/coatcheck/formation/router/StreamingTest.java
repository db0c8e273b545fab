package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StreamingTest extends RouterTest {

    private RawUpstream streaming(RawUpstream.Script script) throws IOException {
        return closeLater(RawUpstream.startStreaming(script));
    }

    @Test
    void an_event_arrives_before_the_next_one_is_sent() throws Exception {
        Router router = router();
        SynchronousQueue<String> events = new SynchronousQueue<>();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead(
                                    "200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
                            for (int i = 0; i < 3; i++) {
                                String event = "data: " + events.take() + "\n\n";
                                connection.write(Integer.toHexString(event.length()) + "\r\n" + event + "\r\n");
                            }
                            connection.write("0\r\n\r\n");
                        })
                        .address());

        // The head comes before any event, or this would wait for ever.
        HttpResponse<InputStream> response =
                http.send(HttpRequest.newBuilder(uri(router, "/")).build(), BodyHandlers.ofInputStream());

        BufferedReader reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        for (String event : new String[] {"one", "two", "three"}) {
            assertThat(events.offer(event, 5, TimeUnit.SECONDS)).isTrue();
            assertThat(reader.readLine()).isEqualTo("data: " + event);
            assertThat(reader.readLine()).isEmpty();
        }
        assertThat(reader.readLine()).isNull();
    }

    @Test
    void a_response_without_a_length_ends_where_the_instance_closes() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.write("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end");
                            connection.close();
                        })
                        .address());
        RawClient client = client(router);

        for (int i = 0; i < 2; i++) {
            assertThat(client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").read().body())
                    .isEqualTo("until the end");
        }
    }

    @Test
    void an_upload_arrives_while_the_client_still_sends_it() throws Exception {
        Router router = router();
        CountDownLatch arrived = new CountDownLatch(1);
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            assertThat(Integer.parseInt(Http.readLine(connection.in), 16))
                                    .isEqualTo(5);
                            assertThat(new String(connection.in.readNBytes(5), StandardCharsets.UTF_8))
                                    .isEqualTo("first");
                            arrived.countDown();
                            Http.readLine(connection.in);
                            assertThat(Integer.parseInt(Http.readLine(connection.in), 16))
                                    .isEqualTo(6);
                            connection.in.readNBytes("second\r\n0\r\n\r\n".length());
                            connection.respond(200, "both");
                        })
                        .address());
        RawClient client =
                client(router).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");

        assertThat(arrived.await(5, TimeUnit.SECONDS)).isTrue();
        client.send("6\r\nsecond\r\n0\r\n\r\n");

        assertThat(client.read().body()).isEqualTo("both");
    }

    @Test
    void request_and_response_may_stream_at_the_same_time() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                            String size = Http.readLine(connection.in);
                            while (!size.equals("0")) {
                                String chunk = new String(
                                        connection.in.readNBytes(Integer.parseInt(size, 16)), StandardCharsets.UTF_8);
                                connection.write(size + "\r\n" + chunk + "\r\n");
                                Http.readLine(connection.in);
                                size = Http.readLine(connection.in);
                            }
                            Http.readLine(connection.in);
                            connection.write("0\r\n\r\n");
                        })
                        .address());
        RawClient client = client(router).send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");

        assertThat(Http.readHead(client.in)).contains("200 OK");
        for (String word : new String[] {"ping", "pong"}) {
            client.send("4\r\n" + word + "\r\n");
            assertThat(Integer.parseInt(Http.readLine(client.in), 16)).isEqualTo(4);
            assertThat(Http.readLine(client.in)).isEqualTo(word);
        }
        client.send("0\r\n\r\n");
        assertThat(Http.readLine(client.in)).isEqualTo("0");
    }

    @Test
    void a_large_upload_to_a_slow_instance_stays_with_the_client_and_not_in_memory() throws Exception {
        Router router = router();
        long size = 64L << 20;
        CountDownLatch read = new CountDownLatch(1);
        AtomicLong received = new AtomicLong();
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            read.await();
                            byte[] buffer = new byte[1 << 16];
                            while (received.get() < size) {
                                received.addAndGet(connection.in.read(buffer));
                            }
                            connection.respond(200, "all");
                        })
                        .address());
        long before = directMemory();
        AtomicLong sent = new AtomicLong();
        CompletableFuture<String> response = CompletableFuture.supplyAsync(() -> {
            try {
                RawClient client =
                        client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
                byte[] part = new byte[1 << 16];
                while (sent.get() < size) {
                    client.socket.getOutputStream().write(part);
                    sent.addAndGet(part.length);
                }
                return client.read().body();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });

        // The kernel's socket buffers fill, and then nothing moves any longer.
        AtomicLong last = new AtomicLong(-1);
        await().pollInterval(Duration.ofMillis(300))
                .until(() -> sent.get() > 0 && last.getAndSet(sent.get()) == sent.get());
        assertThat(sent.get()).isLessThan(size / 2);
        assertThat(directMemory() - before).isLessThan(4 << 20);
        read.countDown();

        assertThat(response.get()).isEqualTo("all");
        assertThat(received).hasValue(size);
    }

    private static long directMemory() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }

    @Test
    void a_large_response_is_passed_on_byte_for_byte() throws Exception {
        Router router = router();
        byte[] large = new byte[20 << 20];
        new Random(7).nextBytes(large);
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
                            connection.out.write(large);
                        })
                        .address());

        byte[] received = http.send(HttpRequest.newBuilder(uri(router, "/")).build(), BodyHandlers.ofByteArray())
                .body();

        assertThat(received).isEqualTo(large);
    }

    @Test
    void an_upload_waits_until_the_instance_wants_it_where_the_client_asks_that() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            assertThat(request.header("Expect")).contains("100-continue");
                            connection.write("HTTP/1.1 100 Continue\r\n\r\n");
                            connection.respond(200, "got " + connection.readBody(request.head()));
                        })
                        .address());
        RawClient client =
                client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.read().status()).isEqualTo(100);
        client.send("data");
        assertThat(client.read().body()).isEqualTo("got data");
        // The connection is in order, and serves the next request.
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(100);
        client.send("more");
        assertThat(client.read().body()).isEqualTo("got more");
    }

    @Test
    void an_instance_may_refuse_an_upload_before_it_is_sent() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            connection.respond(413, "too large");
                            connection.close();
                        })
                        .address());
        RawClient client = client(router)
                .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.read())
                .extracting(RawClient.Response::status, RawClient.Response::body)
                .containsExactly(413, "too large");
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void a_response_that_comes_before_the_upload_is_over_is_seen_by_the_client() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            connection.respond(401, "log in first");
                            connection.close();
                        })
                        .address());
        long size = 8 << 20;
        for (int i = 0; i < 5; i++) {
            RawClient client =
                    client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n");
            for (int sent = 0; sent < size; sent += 1 << 16) {
                client.socket.getOutputStream().write(new byte[1 << 16]);
            }

            assertThat(client.read().body()).isEqualTo("log in first");
        }
    }

    @Test
    void an_upload_that_the_client_breaks_off_is_broken_off_at_the_instance_too() throws Exception {
        Router router = router();
        CountDownLatch begun = new CountDownLatch(1);
        CompletableFuture<String> seen = new CompletableFuture<>();
        router.add(
                "web.1",
                streaming((request, connection) -> {
                            begun.countDown();
                            try {
                                connection.readBody(request.head());
                                seen.complete("a whole body");
                            } catch (IOException e) {
                                seen.complete("a broken body");
                            }
                        })
                        .address());
        RawClient client =
                client(router).send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nsome of it");
        begun.await();

        client.close();

        assertThat(seen.get(5, TimeUnit.SECONDS)).isEqualTo("a broken body");
    }

    @Test
    void an_upload_from_a_library_passes() throws Exception {
        Router router = router();
        router.add(
                "web.1",
                upstream((request, connection) ->
                                connection.respond(200, request.body().length() + ""))
                        .address());

        HttpResponse<String> response = send(HttpRequest.newBuilder(uri(router, "/"))
                .expectContinue(true)
                .POST(BodyPublishers.ofString("x".repeat(300_000))));

        assertThat(response.body()).isEqualTo("300000");
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep-alive", "close"})
    void a_stream_whose_instance_dies_ends_without_the_chunk_that_would_make_it_complete(String connectionIsTo)
            throws Exception {
        Router router = router();
        CountDownLatch die = new CountDownLatch(1);
        router.add(
                "web.1",
                upstream((request, connection) -> {
                            connection.writeHead(
                                    "200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
                            connection.write("b\r\ndata: one\n\n\r\n");
                            die.await();
                            connection.reset();
                        })
                        .address());
        RawClient client =
                client(router).send("GET / HTTP/1.1\r\nHost: a\r\nConnection: " + connectionIsTo + "\r\n\r\n");
        assertThat(Http.readHead(client.in)).contains("Transfer-Encoding: chunked");
        assertThat(Integer.parseInt(Http.readLine(client.in), 16)).isEqualTo(11);
        assertThat(client.in.readNBytes(11)).asString().isEqualTo("data: one\n\n");

        die.countDown();

        assertThat(client.in.readAllBytes())
                .asString()
                .as("closed, not reset, and not complete")
                .isIn("", "\r\n");
    }
}
