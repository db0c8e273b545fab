package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.blobs.InMemoryBlobs;
import dev.coatcheck.contracts.uploads.InMemoryUploadStore;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.uploads.UploadSettings;
import dev.coatcheck.state.uploads.Uploads;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client for browsers, run by Node, against a server that fails when it is told to. */
class UploadClientTest {
    private static final int CHUNK = 64 << 10;
    private static final int SIZE = 10 * CHUNK - 1000;
    private static final String AFTER = "500 after it was done";

    private final Blobs blobs = new InMemoryBlobs(InstantSource.system());
    private final Films films = new Films();
    private final Uploads uploads =
            new Uploads(new InMemoryUploadStore(blobs, InstantSource.system()), UploadSettings.defaults());
    private final WebServer server =
            Container.JETTY.start(this::disturb, Map.of("/uploads/*", new TusServlet(uploads, films)::service));

    /** What becomes of requests, in order: a status in place of what was asked for, {@link #AFTER}, or nothing. */
    private final Queue<String> plan = new ConcurrentLinkedQueue<>();

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();

    @TempDir
    private Path folder;

    @BeforeEach
    void lookForNode() {
        assumeTrue(
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "there is Node here");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void disturb(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!(request instanceof HttpServletRequest http) || !(response instanceof HttpServletResponse answer)) {
            throw new IllegalStateException("not asked over HTTP");
        }
        var checksum = http.getHeader("Upload-Checksum");
        var offset = http.getHeader("Upload-Offset");
        asked.add(http.getMethod() + (offset == null ? "" : " " + offset) + (checksum == null ? "" : " checked"));
        var fate = plan.poll();
        if (fate == null || fate.isEmpty()) {
            chain.doFilter(request, response);
        } else if (fate.equals(AFTER)) {
            chain.doFilter(request, response);
            answer.reset();
            answer.setStatus(500);
        } else {
            answer.setStatus(Integer.parseInt(fate));
        }
    }

    /** Runs a script that has the client, a file, options, and a storage as browsers do; returns what it said. */
    private List<String> run(String script) throws Exception {
        var client = Path.of("src/main/resources/META-INF/resources/coatcheck/uploads.js");
        var file = folder.resolve("client.mjs");
        Files.writeString(file, """
                import { giveUp, interrupted, upload } from '%s';
                const kept = new Map();
                globalThis.localStorage = new Proxy({
                  getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text), removeItem: (key) => kept.delete(key),
                }, { ownKeys: () => [...kept.keys()], getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }) });
                const say = (...words) => console.log(words.join(' '));
                const bytes = Uint8Array.from({ length: %d }, (_, i) => i * 31 + (i >> 8));
                const film = new File([bytes], 'film.bin', { lastModified: 1 });
                const headers = { 'X-User': 'ada' };
                const options = { headers, chunkSize: %d, owner: 'ada', metadata: { filename: 'Müller 🧥.bin' } };
                const send = (others = {}) => upload('%s/uploads', film, { ...options, ...others });
                try {
                %s
                } catch (error) { say('failed', error.status, error.body?.error); }
                say('end');
                """.formatted(client.toUri(), SIZE, CHUNK, server.uri(), script));
        try (var node = NodeClient.start(file, List.of())) {
            var said = new ArrayList<String>();
            for (var line = node.hear(); !line.equals("end"); line = node.hear()) {
                said.add(line);
            }
            return said;
        }
    }

    private Blob onlyBlob() {
        var listed = blobs.list("", "", 10);
        assertThat(listed).hasSize(1);
        return blobs.stat(listed.getFirst().key()).orElseThrow();
    }

    private static String expected() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < SIZE; i++) {
            digest.update((byte) (i * 31 + (i >> 8)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Test
    void a_file_comes_whole_and_once_whatever_fails_in_between() throws Exception {
        plan.addAll(List.of("503", AFTER, "", "", "502", "", AFTER, "404", "", "", "460", "503"));

        var said = run("""
                const answer = await send({ progress: (kept, size) => say('kept', kept / size) });
                say('film', answer.headers.get('Film'));
                """);

        assertThat(said).contains("kept 0", "kept 1");
        assertThat(said.getLast()).isEqualTo("film " + onlyBlob().key());
        assertThat(onlyBlob().sha256()).contains(expected());
        assertThat(films.finished())
                .singleElement()
                .satisfies(upload -> assertThat(upload.begun().attributes()).containsEntry("owner", "ada"));
        assertThat(asked)
                .startsWith("POST", "POST", "POST", "PATCH 0 checked", "PATCH 65536 checked", "HEAD")
                .filteredOn(request -> request.equals("POST"))
                .as("begun anew once, when it was said not to be there")
                .hasSize(4);
    }

    @Test
    void an_answer_to_the_last_piece_that_was_lost_is_asked_for() throws Exception {
        for (int i = 0; i < 10; i++) {
            plan.add("");
        }
        plan.add(AFTER);

        assertThat(run("say('film', (await send()).headers.get('Film'));"))
                .containsExactly("film " + onlyBlob().key());
        assertThat(asked).endsWith("PATCH 589824 checked", "HEAD");
    }

    @Test
    void a_file_that_is_chosen_again_after_a_reload_goes_on_where_it_was() throws Exception {
        var said = run("""
                const reload = new AbortController();
                await send({ signal: reload.signal, progress: (kept) => kept > 200_000 && reload.abort() }).catch((error) => say(error.name));
                say(interrupted('ada').map((begun) => begun.name), '|', interrupted('eve').length);
                say('again');
                await send({ progress: (kept) => say('kept', kept) });
                say(interrupted('ada').length);
                """);

        assertThat(said)
                .startsWith("AbortError", "film.bin | 0", "again", "kept 262144")
                .endsWith("kept " + SIZE, "0");
        assertThat(asked).filteredOn(request -> request.equals("POST")).hasSize(1);
        assertThat(onlyBlob().sha256()).contains(expected());
    }

    @Test
    void what_is_given_up_is_cleared_away() throws Exception {
        var said = run("""
                const end = new AbortController();
                await send({ signal: end.signal, progress: (kept) => kept > 0 && end.abort() }).catch((error) => say(error.name));
                const [begun] = interrupted('ada');
                await giveUp(begun, headers);
                say(interrupted('ada').length);
                const found = await fetch(begun.address, { method: 'HEAD', headers: { ...headers, 'Tus-Resumable': '1.0.0' } });
                say(found.status);
                """);

        assertThat(said).containsExactly("AbortError", "0", "404");
        assertThat(asked).endsWith("DELETE", "HEAD");
    }

    @Test
    void what_the_server_refuses_is_told_and_not_tried_again() throws Exception {
        assertThat(run("await send({ metadata: { filetype: 'image/png' } });"))
                .containsExactly("failed 415 wrong_type");
        assertThat(asked).hasSize(11).endsWith("PATCH 589824 checked");

        asked.clear();
        assertThat(run("await send({ headers: {} });")).containsExactly("failed 403 forbidden");
        assertThat(asked).containsExactly("POST");
        assertThat(blobs.list("", "", 10)).isEmpty();
    }

    @Test
    void it_gives_up_when_nothing_was_taken_for_as_long_as_its_patience_lasts() throws Exception {
        for (int i = 0; i < 100; i++) {
            plan.add("502");
        }

        assertThat(run("await send({ patience: 5000, waiting: () => say('waits') });"))
                .startsWith("waits")
                .endsWith("failed 502 ");
        assertThat(asked).hasSizeBetween(2, 8).containsOnly("POST");
    }
}
