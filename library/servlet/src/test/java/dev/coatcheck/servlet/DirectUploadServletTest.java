package dev.coatcheck.servlet;

import static dev.coatcheck.servlet.TusRequests.header;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.servlet.uploads.DirectUploadServlet;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import dev.coatcheck.state.uploads.UploadId;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Films that go directly to the store, by leave that is given over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DirectUploadServletTest {
    /** Three parts, of which the last is short. */
    private static final int SIZE = (10 << 20) + 1000;

    private static final int MAX_BYTES = 20 << 20;
    private static final String BREAKS_OFF = "breaks off";

    private final String store = Kept.ON_S3.freshUrl();
    private final AttachedUploads attached = Kept.ON_S3.attach(store);
    private final CutOffLeave uploads = new CutOffLeave(attached.direct().orElseThrow());
    private final DirectUploadServlet servlet = new DirectUploadServlet(uploads, new Films(MAX_BYTES));
    private final WebServer server = Container.JETTY.start(this::disturb, Map.of("/direct/*", servlet::service));
    private final HttpClient http = HttpClient.newHttpClient();
    private final TusRequests requests = new TusRequests(http, server.uri());

    /** Statuses in place of what was asked for, or what becomes of its answer, in order; empty where nothing disturbs. */
    private final Queue<String> plan = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path folder;

    @AfterAll
    void close() {
        http.shutdownNow();
        server.close();
        attached.close();
    }

    @BeforeEach
    void forgetThePlan() {
        plan.clear();
        uploads.cutOff = false;
    }

    private void disturb(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        var status = plan.poll();
        if (status == null || status.isEmpty()) {
            chain.doFilter(request, response);
        } else if (response instanceof HttpServletResponse answer) {
            if (status.equals(BREAKS_OFF)) {
                chain.doFilter(request, new CutOffAnswer(answer));
            } else {
                answer.setStatus(Integer.parseInt(status));
            }
        }
    }

    @Test
    void a_film_goes_to_the_store_by_leave_for_its_parts_and_is_finished_as_often_as_it_is_asked_for()
            throws Exception {
        long before = Kept.ON_S3.held(store, attached.uploads());
        var film = GeneratedStream.bytes(1, SIZE);
        var begun = begin("{\"length\": %d, \"metadata\": {\"filetype\": \"video/x-film\"}}".formatted(SIZE));
        assertThat(begun.statusCode()).isEqualTo(201);
        assertThat(header(begun, "Cache-Control")).isEqualTo("no-store");
        var address = header(begun, "Location");
        var leave = json(begun).path("leave");
        assertThat(leave.size()).isEqualTo(3);

        assertThat(put(leave.get(2), film)).isEqualTo(200);
        isRefused(requests.send("POST", address), 409, "incomplete");
        var going = json(requests.send("GET", address));
        assertThat(going.path("came").asInt()).isEqualTo(1000);
        for (var part : going.path("leave")) {
            assertThat(put(part, film)).isEqualTo(200);
        }

        var finished = requests.send("POST", address);
        assertThat(finished.statusCode()).isEqualTo(200);
        assertThat(json(finished).path("came").asInt()).isEqualTo(SIZE);
        var key = header(finished, Films.FILM);
        assertThat(header(requests.send("POST", address), Films.FILM)).isEqualTo(key);
        assertThat(json(requests.send("GET", address)).path("leave").size()).isZero();
        try (var found = (Found) attached.blobs().read(key, ReadOptions.whole())) {
            assertThat(found.blob().contentType()).isEqualTo("video/x-film");
            assertThat(found.content().readAllBytes()).isEqualTo(film);
        }

        assertThat(attached.blobs().delete(key)).isTrue();
        assertThat(requests.send("DELETE", address).statusCode()).isEqualTo(204);
        assertThat(Kept.ON_S3.held(store, attached.uploads())).isEqualTo(before);
    }

    @Test
    void who_is_not_its_owner_gets_no_leave_and_what_is_given_up_is_gone() throws Exception {
        long before = Kept.ON_S3.held(store, attached.uploads());
        var film = GeneratedStream.bytes(1, SIZE);
        var begun = begin("{\"length\": %d}".formatted(SIZE));
        var address = header(begun, "Location");
        var leave = json(begun).path("leave");
        assertThat(put(leave.get(0), film)).isEqualTo(200);
        assertThat(put(leave.get(1), film)).isEqualTo(200);
        for (var method : List.of("GET", "POST", "DELETE")) {
            isRefused(requests.send(method, address, Films.USER, "eve"), 404, "no_such_upload");
            isRefused(requests.send(method, "/direct/" + UploadId.random().text()), 404, "no_such_upload");
            isRefused(requests.send(method, "/direct/" + "x".repeat(40)), 404, "no_such_upload");
        }
        assertThat(requests.send("PUT", address).statusCode()).isEqualTo(405);

        assertThat(requests.send("DELETE", address).statusCode()).isEqualTo(204);

        isRefused(requests.send("GET", address), 404, "no_such_upload");
        assertThat(Kept.ON_S3.held(store, attached.uploads())).isEqualTo(before);
    }

    @Test
    void old_leave_brings_nothing_back_that_was_given_up() throws Exception {
        var film = GeneratedStream.bytes(1, SIZE);
        int blobs = attached.blobs().list("", "", 100).size();
        var begun = begin("{\"length\": %d}".formatted(SIZE));
        var address = header(begun, "Location");
        var leave = json(begun).path("leave");
        assertThat(requests.send("DELETE", address).statusCode()).isEqualTo(204);

        // The first is an object beside the upload, which is swept when it is an hour old.
        assertThat(put(leave.get(0), film)).isEqualTo(200);
        put(leave.get(1), film);

        isRefused(requests.send("GET", address), 404, "no_such_upload");
        isRefused(requests.send("POST", address), 404, "no_such_upload");
        assertThat(attached.blobs().list("", "", 100)).hasSize(blobs);
    }

    @Test
    void what_is_begun_while_the_store_gives_no_leave_is_told_and_gone_on_with() throws Exception {
        uploads.cutOff = true;
        var begun = begin("{\"length\": 3}");
        assertThat(begun.statusCode()).isEqualTo(201);
        assertThat(json(begun).path("leave").size()).isZero();
        var address = header(begun, "Location");
        isRefused(requests.send("GET", address), 503, "upload_store_unavailable");
        uploads.cutOff = false;

        assertThat(json(requests.send("GET", address)).path("leave").size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"length\": 0}",
                "{\"length\": -1}",
                "{\"length\": 1.5}",
                "{\"length\": \"3\"}",
                "{\"length\": 99999999999999999999}",
                "{\"length\": 3} {}",
                "{\"length\": 3, \"metadata\": \"x\"}",
                "{\"length\": 3, \"metadata\": [1]}",
                "{\"length\": 3, \"metadata\": null}",
                "{\"length\": 3, \"metadata\": {\"filename\": {}}}",
                "{\"length\": 3, \"metadata\": {\"filename\": \"\\u0000\"}}",
                "{\"length\": 3, \"metadata\": {\"filename\": \"\\ud800\"}}"
            })
    void what_is_no_beginning_is_refused(String body) throws Exception {
        isRefused(begin(body), 400, "bad_request");
    }

    @Test
    void beginnings_that_are_too_much_or_not_allowed_are_refused() throws Exception {
        isRefused(begin("{\"length\": %d}".formatted(MAX_BYTES + 1)), 413, "too_large");
        isRefused(begin("{\"length\": 3, \"a\": \"%s\"}".formatted("x".repeat(8 << 10))), 400, "bad_request");
        isRefused(begin("[".repeat(10_000)), 400, "bad_request");
        var form = requests.send(
                "POST", "/direct", BodyPublishers.ofString("{\"length\": 3}"), "Content-Type", "text/plain");
        isRefused(form, 415, "wrong_media_type");
    }

    @Test
    void bytes_that_are_not_of_their_type_are_refused_at_the_end_and_gone() throws Exception {
        long before = Kept.ON_S3.held(store, attached.uploads());
        var begun = begin("{\"length\": 6, \"metadata\": {\"filetype\": \"image/png\"}}");
        assertThat(put(json(begun).path("leave").get(0), new byte[6])).isEqualTo(200);

        isRefused(requests.send("POST", header(begun, "Location")), 415, "wrong_type");

        isRefused(requests.send("GET", header(begun, "Location")), 404, "no_such_upload");
        assertThat(Kept.ON_S3.held(store, attached.uploads())).isEqualTo(before);
    }

    @Test
    void the_client_for_pages_sends_a_file_whatever_fails_and_goes_on_with_what_was_begun() throws Exception {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "there is Node here");
        // Begun, asked for, cut off by the page; asked for, at the third try; finished, at the second; begun anew.
        plan.addAll(List.of("503", BREAKS_OFF, "", "502", BREAKS_OFF, "", "500", "", ""));
        var said = run("""
                const reload = new AbortController();
                await send({ signal: reload.signal, atOnce: 1, progress: (kept) => kept > 0 && reload.abort() }).catch((error) => say(error.name));
                const [begun] = interrupted('ada');
                let first = 0;
                const answer = await send({ progress: (kept) => first ||= kept });
                say(begun.name, first > 0, interrupted('ada').length, answer.headers.get('Film'));
                await uploadDirectly('%s/direct', film, { headers: {} }).catch((error) => say(error.status, error.body.error));
                """.formatted(server.uri()));

        assertThat(said).hasSize(3).startsWith("AbortError").endsWith("403 forbidden");
        assertThat(said.get(1)).startsWith("film.bin true 0 films/");
        var key = said.get(1).substring("film.bin true 0 ".length());
        try (var found = (Found) attached.blobs().read(key, ReadOptions.whole())) {
            var content = found.content().readAllBytes();
            assertThat(content).hasSize(SIZE);
            for (int i = 0; i < SIZE; i++) {
                if (content[i] != (byte) (i * 31 + (i >> 8))) {
                    throw new AssertionError("byte " + i + " is another");
                }
            }
        }
    }

    private List<String> run(String script) throws Exception {
        var client = Path.of("src/main/resources/META-INF/resources/coatcheck/uploads.js");
        var file = folder.resolve("client.mjs");
        Files.writeString(file, """
                import { interrupted, uploadDirectly } from '%s';
                const kept = new Map();
                globalThis.localStorage = new Proxy({
                  getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key),
                }, { ownKeys: () => [...kept.keys()], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }) });
                const say = (...words) => console.log(words.join(' '));
                const film = new File([Uint8Array.from({ length: %d }, (_, i) => i * 31 + (i >> 8))], 'film.bin', { lastModified: 1 });
                const send = (others) => uploadDirectly('%s/direct', film, { headers: { 'X-User': 'ada' }, owner: 'ada', ...others });
                try {
                %s
                } catch (error) { say('failed', error.status, error.stack); }
                say('end');
                """.formatted(client.toUri(), SIZE, server.uri(), script));
        try (var node = NodeClient.start(file, List.of())) {
            var said = new ArrayList<String>();
            for (var line = node.hear(); !line.equals("end"); line = node.hear()) {
                said.add(line);
            }
            return said;
        }
    }

    private HttpResponse<String> begin(String json) {
        return requests.send("POST", "/direct", BodyPublishers.ofString(json), "Content-Type", "application/json");
    }

    private int put(JsonNode part, byte[] film) throws Exception {
        int offset = part.path("offset").asInt();
        var bytes =
                Arrays.copyOfRange(film, offset, offset + part.path("length").asInt());
        var request = HttpRequest.newBuilder(URI.create(part.path("url").asString()))
                .method(part.path("method").asString(), BodyPublishers.ofByteArray(bytes));
        part.path("headers")
                .properties()
                .forEach(header ->
                        request.header(header.getKey(), header.getValue().asString()));
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }

    private static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    private static void isRefused(HttpResponse<String> answer, int status, String code) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).path("error").asString()).isEqualTo(code);
    }
}
