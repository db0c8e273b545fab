package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Generated requests that a careless proxy reads as one and an instance as two. Each carries a second request in what
 * may be its body: whatever the router makes of the first, the second must never reach an instance as a request of its
 * own unless the router, too, took it for one.
 *
 * <p>The instance takes exactly the bodies that its requests announce, so that a single octet too many or too few shows
 * as a request that the router did not send. A failure names the seed that repeats it.
 */
final class SmugglingFuzzTest extends RouterTest {
    private static final String SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n";

    private static final List<String> LENGTHS = List.of(
            "Content-Length: %d",
            "Content-Length: 0",
            "Content-Length: 5",
            "Content-Length: +%d",
            "Content-Length: %d, %d",
            "Content-Length : %d",
            "content-length:%d",
            "Content-Length: 0x10",
            "Content-Length:\t%d",
            "Content-Length: %d\r\n ",
            "Content_Length: %d",
            "Content-Length: 00000%d",
            "Content-Length: %d;x",
            "Content-Length: -1",
            "X: y\nContent-Length: %d",
            "Content-Length: 1e3");
    private static final List<String> ENCODINGS = List.of(
            "Transfer-Encoding: chunked",
            "transfer-encoding: CHUNKED",
            "Transfer-Encoding : chunked",
            "Transfer-Encoding: xchunked",
            "Transfer-Encoding: chunked, identity",
            "Transfer-Encoding: identity",
            "Transfer-Encoding:\tchunked",
            "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding:\r\n chunked",
            "Transfer-Encoding: \u000bchunked",
            "Transfer_Encoding: chunked",
            "Transfer-Encoding: \"chunked\"",
            "X: y\nTransfer-Encoding: chunked",
            "X: y\rTransfer-Encoding: chunked",
            "Transfer-Encoding: chunked;x",
            "Transfer-Encoding:",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
            "TE: chunked");
    private static final List<String> TARGETS = List.of(
            "/", "/a%20b?c=d", "http://a/", "http://b/", "/a b", "//a/b", "*", "a:80", "/\u0000", "/x#y", "https://a/");
    private static final List<String> VERSIONS = List.of(
            "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/1.2", "HTTP/2.0", "http/1.1", "HTTP/1.1 ", "");
    private static final List<String> METHODS =
            List.of("POST", "POST", "GET", "PUT", "DELETE", "OPTIONS", "POST ", "p\u0000st");
    private static final List<String> OTHERS = List.of(
            "X: y",
            "Host: b",
            " folded: x",
            "X:",
            ": x",
            "X Y: z",
            "Connection: content-length",
            "Connection: transfer-encoding",
            "Connection: close, host",
            "Expect: 100-continue",
            "Expect: x",
            "X: " + "y".repeat(300),
            "Upgrade: websocket\r\nConnection: upgrade",
            "Trailer: content-length",
            "X: a\u0000b");
    private static final List<String> LINE_ENDS = List.of("\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n");
    private static final List<String> CHUNK_SIZES = List.of(
            "%x",
            "%X", "0%x", "0x%x", "+%x", " %x", "%x ", "%x;a=b", "%x;a\nb", "-%x", "%x\u0000", "fffffffffffffff%x", "");

    @Test
    void no_request_is_ever_read_in_two_ways() throws Exception {
        fuzz(1, 400);
    }

    @Test
    @Tag("long")
    void no_request_is_ever_read_in_two_ways_over_many_seeds() throws Exception {
        fuzz(1_000, 20_000);
    }

    private void fuzz(long firstSeed, int many) throws Exception {
        RawUpstream upstream = answering("seen");
        Router router = router();
        router.add("web.1", upstream.address());
        int refused = 0;
        Set<String> arrived = new HashSet<>();
        for (long seed = firstSeed; seed < firstSeed + many; seed++) {
            int before = arrived.size();
            String request = request(new Random(seed));
            String what = "seed " + seed + ", or the one before: " + printable(request);

            List<Integer> statuses = send(router, request);

            // The router gives each request that it reads a name of its own. What an instance alone takes for a request
            // has none.
            List<String> names = upstream.requests.stream()
                    .skip(before)
                    .map(received -> received.header("X-Request-Id").orElse("smuggled"))
                    .toList();
            assertThat(names).as(what).doesNotContain("smuggled").allMatch(arrived::add);
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(2))
                    .untilAsserted(() -> assertThat(accesses)
                            .as(what)
                            .extracting(Access::requestId)
                            .containsAll(names));
            if (statuses.contains(400)) {
                refused++;
                assertThat(statuses.getLast())
                        .as("nothing is read after a malformed request; " + what)
                        .isEqualTo(400);
            }
            if (isFramedTwice(request)) {
                assertThat(statuses).as(what).isEqualTo(List.of(400));
            }
        }
        assertThat(refused).as("much of what is generated is malformed").isGreaterThan(many / 4);
        assertThat(get(router, "/").body()).isEqualTo("seen");
    }

    /** Whether more than one field of the first head says where its body ends. */
    private static boolean isFramedTwice(String request) {
        String head = request.substring(0, request.indexOf("\r\n\r\n") + 2);
        return Stream.of(head.split("\r\n", -1))
                        .skip(1)
                        .map(field -> field.toLowerCase(Locale.ROOT))
                        .filter(field -> field.startsWith("content-length:") || field.startsWith("transfer-encoding:"))
                        .count()
                > 1;
    }

    private static String request(Random random) {
        String body = random.nextBoolean() ? chunks(random) : SMUGGLED;
        StringBuilder head = new StringBuilder();
        head.append(any(random, 3, METHODS))
                .append(' ')
                .append(any(random, 3, TARGETS))
                .append(' ');
        head.append(any(random, 4, VERSIONS)).append(end(random));
        List<String> fields = new ArrayList<>(List.of("Host: a"));
        int length = random.nextInt(3) == 0 ? SMUGGLED.length() : body.length();
        for (int i = random.nextInt(3); i > 0; i--) {
            fields.add(one(random, LENGTHS).replace("%d", Integer.toString(length)));
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            fields.add(one(random, ENCODINGS));
        }
        if (random.nextInt(3) == 0) {
            fields.add(random.nextInt(fields.size() + 1), one(random, OTHERS));
        }
        fields.forEach(field -> head.append(field).append(end(random)));
        return head + "\r\n" + body;
    }

    private static String chunks(Random random) {
        StringBuilder body = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            String data = random.nextBoolean() ? "x".repeat(1 + random.nextInt(20)) : SMUGGLED;
            String size = any(random, 3, CHUNK_SIZES).replace("%x", Integer.toHexString(data.length()));
            body.append(size.replace("%X", Integer.toHexString(data.length()).toUpperCase(Locale.ROOT)));
            body.append(end(random))
                    .append(data)
                    .append(random.nextInt(10) == 0 ? "y" : "")
                    .append(end(random));
        }
        body.append(random.nextInt(8) == 0 ? "00;x=y" : "0").append(end(random));
        if (random.nextInt(6) == 0) {
            body.append(one(random, OTHERS)).append(end(random));
        }
        return body.append(end(random))
                .append(random.nextBoolean() ? SMUGGLED : "")
                .toString();
    }

    private static String end(Random random) {
        return random.nextInt(12) == 0 ? one(random, LINE_ENDS) : "\r\n";
    }

    /** The first of them, but for one time in so many. */
    private static String any(Random random, int oddOneIn, List<String> values) {
        return random.nextInt(oddOneIn) == 0 ? one(random, values) : values.getFirst();
    }

    private static String one(Random random, List<String> values) {
        return values.get(random.nextInt(values.size()));
    }

    /** The statuses of all responses until the router has nothing more to say. */
    private List<Integer> send(Router router, String request) throws IOException {
        List<Integer> statuses = new ArrayList<>();
        try (RawClient client = new RawClient(router)) {
            client.send(request);
            client.socket.shutdownOutput();
            while (true) {
                String head = Http.readHead(client.in);
                if (head == null) {
                    return statuses;
                }
                int status = Integer.parseInt(head.substring(9, 12));
                if (status >= 200) {
                    statuses.add(status);
                    Http.readBody(client.in, head, true);
                }
            }
        } catch (EOFException | SocketException | UncheckedIOException closed) {
            return statuses;
        }
    }

    private static String printable(String request) {
        return request.chars()
                .mapToObj(c -> c >= ' ' && c < 0x7f ? Character.toString(c) : String.format("\\x%02x", c))
                .collect(Collectors.joining());
    }
}
