package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.contracts.blobs.GeneratedStream;
import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.host.process.ProcessGroup;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The client that browsers use, run by Node, against instances that are killed under it. */
class TusClientTest {
    private static final String CLIENT = "tus-js-client@4.3.1";
    private static final Duration INSTALLATION = Duration.ofMinutes(2);
    private static final int CHUNK = 256 << 10;
    private static final int CHUNKS = 40;
    private static final int SIZE = CHUNK * CHUNKS - 1000;

    @TempDir
    static Path folder;

    @BeforeAll
    static void installClient() throws Exception {
        for (var program : List.of("node", "npm")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(File.pathSeparator))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, program))),
                    "there is " + program + " here");
        }
        var npm = new ProcessBuilder(
                        "npm", "install", "--prefer-offline", "--no-audit", "--no-fund", "--prefix", ".", CLIENT)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("npm.log").toFile());
        try (var installing = ProcessGroup.start(npm)) {
            assumeTrue(
                    installing.leader().waitFor(INSTALLATION.toSeconds(), TimeUnit.SECONDS)
                            && installing.leader().exitValue() == 0,
                    () -> "npm installs " + CLIENT);
        }
    }

    /** Sends bytes that follow from their place, and says each chunk that was kept, each try again, and the end. */
    private static NodeClient client(int tcpPort, String options) throws IOException {
        var script = folder.resolve("client.mjs");
        Files.writeString(script, """
                import * as tus from 'tus-js-client';
                const say = (...words) => console.log(words.join(' '));
                const bytes = Buffer.alloc(%d);
                for (let i = 0; i < bytes.length; i++) bytes[i] = (i * 31 + (i >> 8)) & 255;
                new tus.Upload(bytes, {
                  endpoint: 'http://127.0.0.1:%d/uploads',
                  headers: { 'X-User': 'ada' },
                  metadata: { filename: 'film.bin' },
                  retryDelays: [0, 100, 300, 1000, 2000, 3000],
                  onChunkComplete: (size, accepted) => say('kept', accepted),
                  onShouldRetry: (error) => { say('again', error.originalResponse?.getStatus() ?? 'cut'); return true; },
                  onError: (error) => say('error', error.message),
                  onSuccess: () => say('success'),
                  %s
                }).start();
                """.formatted(SIZE, tcpPort, options));
        return NodeClient.start(script, List.of());
    }

    @ParameterizedTest
    @EnumSource(Kept.class)
    void an_upload_whose_instance_is_killed_at_every_tenth_chunk_ends_whole_and_without_an_error(Kept where)
            throws Exception {
        try (var fleet = new Fleet(where);
                var client = client(fleet.tcpPort(), "chunkSize: " + CHUNK)) {
            int kills = 0;
            var heard = new ArrayList<String>();
            while (heard.isEmpty() || !heard.getLast().matches("success|error .*")) {
                heard.add(client.hear());
                long kept =
                        heard.stream().filter(line -> line.startsWith("kept")).count();
                if (kept % 10 == 5 && heard.getLast().startsWith("kept")) {
                    fleet.killTheOneInUse();
                    kills++;
                }
            }

            assertThat(heard).endsWith("success").noneMatch(line -> line.startsWith("error"));
            assertThat(kills).isGreaterThanOrEqualTo(4);
            assertThat(heard).anyMatch(line -> line.startsWith("again"));
            assertThat(fleet.sha256()).isEqualTo(expected());
        }
    }

    @Test
    @Tag("long")
    void a_client_that_sends_all_in_one_request_goes_on_where_its_instance_was_killed() throws Exception {
        var slowly = "chunkSize: Infinity, onProgress: (sent) => { if (sent > 0 && !globalThis.said) { say('sent'); "
                + "globalThis.said = true; } }";
        try (var fleet = new Fleet(Kept.ON_POSTGRES);
                var client = client(fleet.tcpPort(), slowly)) {
            assertThat(client.hear()).isEqualTo("sent");
            fleet.killTheOneInUse();
            var heard = new ArrayList<String>();
            while (heard.isEmpty() || !heard.getLast().matches("success|error .*")) {
                heard.add(client.hear());
            }

            assertThat(heard).endsWith("success").noneMatch(line -> line.startsWith("error"));
            assertThat(fleet.sha256()).isEqualTo(expected());
        }
    }

    @Test
    @Tag("long")
    void parts_that_a_client_sends_side_by_side_are_joined() throws Exception {
        try (var fleet = new Fleet(Kept.ON_POSTGRES);
                var client = client(fleet.tcpPort(), "parallelUploads: 3")) {
            var last = "";
            while (!last.matches("success|error .*")) {
                last = client.hear();
            }

            assertThat(last).isEqualTo("success");
            assertThat(fleet.sha256()).isEqualTo(expected());
        }
    }

    private static String expected() throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        for (int i = 0; i < SIZE; i++) {
            digest.update((byte) (i * 31 + (i >> 8)));
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** Two instances behind one TCP port, of which one is in use and the other ready. */
    private static final class Fleet implements AutoCloseable {
        private final Kept kept;
        private final String url;
        private final Switchboard front;
        private Peer inUse;
        private Peer ready;

        Fleet(Kept kept) {
            this.kept = kept;
            this.url = kept.freshUrl();
            inUse = start();
            ready = start();
            front = Switchboard.to(TusInstance.tcpPort(inUse));
        }

        private Peer start() {
            return TusInstance.start(kept, url);
        }

        int tcpPort() {
            return front.tcpPort();
        }

        /** The other one takes over as soon as it is ready, and a new one gets ready. */
        void killTheOneInUse() {
            front.hold();
            inUse.kill();
            inUse = ready;
            front.switchTo(TusInstance.tcpPort(inUse));
            ready = start();
        }

        /** Of the bytes of the only blob there is. */
        String sha256() throws IOException {
            try (var attached = kept.attach(url)) {
                var blobs = attached.blobs();
                var all = blobs.list("", "", 10);
                assertThat(all).hasSize(1);
                try (var found = (Found) blobs.read(all.getFirst().key(), ReadOptions.whole())) {
                    return GeneratedStream.sha256(found.content());
                }
            }
        }

        @Override
        public void close() {
            inUse.close();
            ready.close();
            front.close();
        }
    }
}
