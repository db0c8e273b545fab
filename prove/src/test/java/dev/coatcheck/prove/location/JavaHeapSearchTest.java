package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JavaHeapSearchTest {
    private static final String SID = "q1w2e3r4t5y6u7i8";
    private static final String CLASS = "dev.coatcheck.prove.location.Remembering";

    @BeforeAll
    static void needs() {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            static    | q1w2e3r4t5y6u7i8 | .SESSIONS (static ConcurrentHashMap) → ["q1w2e3…"]
            nested    | q1w2e3r4t5y6u7i8 | .SESSIONS (static ConcurrentHashMap) → ["visitor"] → Session.attributes → ["cart"]
            singleton | q1w2e3r4t5y6u7i8 | $Login.sessions (HashMap) → ["q1w2e3…"]
            pooled    | q1w2e3r4t5y6u7i8 | $Login.sessions (HashMap) → ["q1w2e3…"]
            rebuilt   | q1w2e3r4t5y6u7i8 | $Login.sessions (HashMap) → ["q1w2e3…"]
            hashed    | q1w2e3r4t5y6u7i8 | .SESSIONS (static ConcurrentHashMap) → ["82ba70…"]
            uuid      | 33958b05-822f-447a-81f9-78f326f243fb | $Login.last (UUID)
            builder   | q1w2e3r4t5y6u7i8 | $Login.draft (StringBuilder)
            number    | 4711081517       | .SESSIONS (static ConcurrentHashMap) → ["visitor"] → Session.attributes → ["id"]
            """)
    void the_path_to_a_needle_begins_at_the_applications_own_field(String where, String needle, String path)
            throws IOException, InterruptedException {
        try (Program program = start(where, needle)) {
            SearchResult findings = search(program.pid(), needle);

            assertThat(findings.notes()).isEmpty();
            assertThat(findings.locations()).first().isEqualTo(new Location(Location.Kind.HEAP, "web.1", CLASS + path));
            assertThat(dumps()).isEmpty();
        }
    }

    @Test
    void a_jvm_that_does_not_hold_the_needle_has_no_path_to_it() throws IOException, InterruptedException {
        try (Program program = start("nothing", SID)) {
            assertThat(JavaHeapSearch.isJvm(program.pid())).isTrue();
            assertThat(search(program.pid(), SID)).isEqualTo(new SearchResult(List.of(), List.of()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-XX:+UseSerialGC", "-XX:+UseParallelGC", "-XX:+UseG1GC"})
    void what_a_jvm_keeps_outside_its_heap_is_in_its_other_memory(String collector)
            throws IOException, InterruptedException {
        try (Program direct = start("direct", SID, collector);
                Program heap = start("static", SID, collector)) {
            assertThat(search(direct.pid(), SID)).isEqualTo(new SearchResult(List.of(), List.of()));
            assertThat(outsideTheHeap(direct.pid())).hasSize(1);
            assertThat(outsideTheHeap(heap.pid())).isEmpty();
        }
    }

    private static List<Location> outsideTheHeap(long pid) throws InterruptedException {
        AddressRange heap = JavaHeapSearch.heap(pid, HeapLimits.defaults()).orElseThrow();
        return MemorySearch.search(
                        "web.1",
                        List.of(pid),
                        needles(SID),
                        MemoryLimits.defaults().without(heap))
                .locations();
    }

    @Test
    void a_jvm_that_cannot_be_asked_or_is_too_large_is_said_to_have_been_left_alone()
            throws IOException, InterruptedException {
        try (Program closed = start("static", SID, "-XX:+DisableAttachMechanism");
                Program deaf = start("static", SID, "-Xrs")) {
            assertThat(search(closed.pid(), SID).notes())
                    .singleElement()
                    .asString()
                    .contains("DisableAttachMechanism");
            assertThat(search(deaf.pid(), SID).notes())
                    .singleElement()
                    .asString()
                    .contains("-Xrs");
            HeapLimits small = new HeapLimits(Duration.ofSeconds(10), 1 << 20);
            assertThat(JavaHeapSearch.search("web.1", deaf.pid(), needles(SID), small)
                            .notes())
                    .singleElement()
                    .asString()
                    .contains("a dump is made up to 1 MiB");
            assertThat(deaf.pids()).isNotEmpty();
        }
    }

    @Test
    void a_jvm_with_a_file_system_of_its_own_is_asked_within_it() throws IOException, InterruptedException {
        List<String> unshare = List.of("unshare", "--user", "--map-root-user", "--mount");
        assumeTrue(works(unshare), "this machine gives namespaces");
        List<String> command = new ArrayList<>(unshare);
        command.addAll(List.of("sh", "-c", "mount -t tmpfs none /tmp && exec \"$@\"", "sh"));
        command.addAll(java("static", SID));
        try (Program program = Program.start(command.toArray(String[]::new))) {
            SearchResult findings = search(program.pid(), SID);

            assertThat(findings.notes()).isEmpty();
            assertThat(findings.locations()).isNotEmpty();
            assertThat(Path.of("/proc/" + program.pid() + "/root/tmp"))
                    .isDirectoryNotContaining("glob:**coatcheck-heap*");
        }
    }

    private static boolean works(List<String> prefix) throws InterruptedException {
        List<String> command = new ArrayList<>(prefix);
        command.add("true");
        try {
            Tool.run(command, Duration.ofSeconds(10));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void the_session_of_a_servlet_container_is_told_by_the_containers_own_fields()
            throws IOException, InterruptedException {
        try (Program program =
                        Program.start(java(ServletSessions.class, List.of()).toArray(String[]::new));
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> response = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + program.firstLine() + "/"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            String id =
                    response.headers().firstValue("Set-Cookie").orElseThrow().replaceAll(".*=([0-9A-F]+);.*", "$1");

            assertThat(search(program.pid(), id).locations().getFirst().path())
                    .endsWith("StandardContext.manager → StandardManager.sessions → [\"" + id.substring(0, 6) + "…\"]");
            assertThat(search(program.pid(), response.body())
                            .locations()
                            .getFirst()
                            .path())
                    .endsWith("StandardSession.attributes → [\"user\"]");
        }
    }

    private static Program start(String where, String needle, String... options) throws IOException {
        return Program.start(java(where, needle, options).toArray(String[]::new));
    }

    private static List<String> java(String where, String needle, String... options) {
        List<String> command = new ArrayList<>(java(Remembering.class, List.of(options)));
        command.addAll(List.of(where, new StringBuilder(needle).reverse().toString()));
        return command;
    }

    private static List<String> java(Class<?> main, List<String> options) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
        command.add(main.getName());
        return command;
    }

    private static SearchResult search(long pid, String needle) throws InterruptedException {
        return JavaHeapSearch.search("web.1", pid, needles(needle), HeapLimits.defaults());
    }

    private static List<Needle> needles(String needle) {
        return Needles.from(Map.of("the cookie sid of step 1", needle));
    }

    private static List<Path> dumps() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
            return files.filter(file -> file.getFileName()
                            .toString()
                            .startsWith(
                                    "coatcheck-heap-" + ProcessHandle.current().pid()))
                    .toList();
        }
    }
}
