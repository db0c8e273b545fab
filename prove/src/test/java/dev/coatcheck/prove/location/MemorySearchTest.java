package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemorySearchTest {
    private static final String COOKIE = "the cookie sid of step 1";
    private static final String WAIT = "print('ready', flush=True); sys.stdin.read()";

    /** Made by the program from two halves, so that its own command line does not hold it. */
    private static final String SID = "int('abcdef', 16) and 'q1w2e3r4' + str(55667788)";

    private static final List<Needle> NEEDLES = Needles.from(Map.of(COOKIE, "q1w2e3r455667788"));

    @BeforeAll
    static void needs() {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
        assumeTrue(SearchPath.ofThisJvm().find("python3").isPresent(), "there is Python here");
    }

    @Test
    void a_session_in_a_dict_is_in_the_memory_of_its_process_alone() throws IOException {
        try (Program holder = python("sessions = {" + SID + ": 'alice'}");
                Program other = python("sessions = {}")) {
            assertThat(search(holder.pids()).locations()).singleElement().satisfies(location -> {
                assertThat(location.kind()).isEqualTo(Location.Kind.MEMORY);
                assertThat(location.instance()).isEqualTo("web.1");
                assertThat(location.path())
                        .startsWith(COOKIE + " in the memory of process " + holder.pid() + " (python")
                        .endsWith("): its own memory")
                        .doesNotContain("q1w2e3");
            });
            assertThat(search(other.pids())).isEqualTo(new SearchResult(List.of(), List.of()));
        }
    }

    @Test
    void a_hash_of_a_session_id_is_found_as_text_and_as_bytes() throws IOException {
        String hashed = "import hashlib; sessions = hashlib.sha256((" + SID + ").encode())";
        for (String form : List.of("hexdigest", "digest")) {
            try (Program holder = python(hashed + "." + form + "(); import gc; gc.collect()")) {
                assertThat(search(holder.pids()).locations())
                        .extracting(Location::path)
                        .singleElement()
                        .asString()
                        .contains(COOKIE);
            }
        }
    }

    @Test
    void the_child_that_holds_the_needle_is_named() throws IOException {
        String fork = "child = os.fork()\nif child == 0:\n  s = " + SID + "\n  " + WAIT;
        try (Program parent = Program.start("python3", "-c", "import os, sys\n" + fork + "\nsys.stdin.read()")) {
            long child = parent.pids().getLast();

            assertThat(child).isNotEqualTo(parent.pid());
            assertThat(search(parent.pids()).locations())
                    .extracting(Location::path)
                    .singleElement()
                    .asString()
                    .contains("process " + child + " ");
        }
    }

    @Test
    void memory_that_processes_share_and_a_mapped_file_are_told_apart(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("state");
        String shared = "import mmap; m = mmap.mmap(-1, 4096); m.write((" + SID + ").encode())";
        String mapped = "import mmap; f = open('" + file
                + "', 'w+b'); f.truncate(4096); m = mmap.mmap(f.fileno(), 4096); m.write((" + SID + ").encode())";
        try (Program one = python(shared);
                Program other = python(mapped)) {
            assertThat(search(one.pids()).locations().getFirst().path())
                    .contains("memory that it shares with other processes");
            assertThat(search(other.pids()).locations().getFirst().path()).contains("the mapped file " + file);
        }
    }

    @Test
    void a_needle_across_the_border_of_two_chunks_is_found() throws IOException {
        // 64 MiB that hold the needle only where two of its pages meet, for each of 16 borders of a mebibyte.
        String border = "import mmap; m = mmap.mmap(-1, 64 << 20); s = (" + SID
                + ").encode()\nfor at in range(1 << 20, 17 << 20, 1 << 20): m[at - 8:at + 8] = s\nm[0:1] = b'x'; del s";
        try (Program holder = python(border)) {
            assertThat(search(holder.pids()).locations().getFirst().path()).contains("memory that it shares");
        }
    }

    @Test
    void fifty_values_are_looked_for_in_one_pass() throws IOException {
        Map<String, String> values = new HashMap<>(Map.of(COOKIE, "q1w2e3r455667788"));
        List<Needle> one = Needles.from(values);
        for (int i = 0; i < 50; i++) {
            values.put("value " + i, UUID.randomUUID().toString());
        }
        List<Needle> needles = Needles.from(values);
        try (Program holder = python("import random; s = " + SID + "; ballast = random.randbytes(80 << 20)")) {
            long single = Long.MAX_VALUE;
            long fifty = Long.MAX_VALUE;
            // In turn, so that what else the machine does slows both.
            for (int i = 0; i < 3; i++) {
                single = Math.min(single, timed(holder, one));
                fifty = Math.min(fifty, timed(holder, needles));
            }

            assertThat(fifty).isLessThan(10 * single);
        }
    }

    private static long timed(Program holder, List<Needle> needles) {
        long start = System.nanoTime();
        assertThat(MemorySearch.search("web.1", holder.pids(), needles, MemoryLimits.defaults())
                        .locations())
                .hasSize(1);
        return System.nanoTime() - start;
    }

    @Test
    void of_many_values_that_a_process_holds_some_are_named() throws IOException {
        Map<String, String> values = new HashMap<>();
        for (int i = 1; i <= 5; i++) {
            values.put("value " + i, "q1w2e3r45566778" + i);
        }
        try (Program holder = python("all = ['q1w2e3r45566778' + str(i) for i in range(1, 6)]")) {
            assertThat(MemorySearch.search("web.1", holder.pids(), Needles.from(values), MemoryLimits.defaults())
                            .locations())
                    .extracting(Location::path)
                    .singleElement()
                    .asString()
                    .startsWith("value 1, value 2, value 3 and 2 more in the memory of process");
        }
    }

    @Test
    void a_limit_is_said_to_have_been_reached() throws IOException {
        try (Program holder = python("ballast = bytearray(b'x' * (8 << 20))")) {
            assertThat(MemorySearch.search(
                                    "web.1", holder.pids(), NEEDLES, new MemoryLimits(Duration.ofSeconds(10), 1 << 20))
                            .notes())
                    .singleElement()
                    .asString()
                    .contains("larger than the limit of 10 s and 1 MiB");
        }
    }

    @Test
    void a_process_that_has_ended_is_gone() throws IOException {
        long pid;
        try (Program program = python("pass")) {
            pid = program.pid();
        }
        assertThat(MemorySearch.readings(List.of(pid), NEEDLES, MemoryLimits.defaults()))
                .containsEntry(pid, new MemoryReading.Gone());
    }

    private static SearchResult search(List<Long> pids) {
        return MemorySearch.search("web.1", pids, NEEDLES, MemoryLimits.defaults());
    }

    private static Program python(String code) throws IOException {
        return Program.start("python3", "-c", "import sys\n" + code + "\n" + WAIT);
    }
}
