package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.prove.location.heap.NodeSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeHeapSearchTest {
    private static final String SID = "q1w2e3r455667788";

    /** Put together at run time, so that no source text in the heap holds it. */
    private static final String MADE = "const sid = 'q1w2e3r4' + (55667700 + Number(process.argv[2] || 88));\n";

    private static final List<Needle> NEEDLES = Needles.from(Map.of("the cookie sid of step 1", SID));

    @TempDir
    private Path folder;

    @BeforeAll
    static void needs() {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
        assumeTrue(SearchPath.ofThisJvm().find("node").isPresent(), "there is Node here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            const sessions = new Map(); sessions.set(login(), {user: 'bob'}) | sessions | server.js: sessions (Map) → ["q1w2e3…"]
            const sessions = new Map(); sessions.set('visitor', {user: login()}) | sessions | server.js: sessions (Map) → ["visitor"] → user
            const sessions = {}; sessions[login()] = {user: 'bob'} | sessions | server.js: sessions (Object) → ["q1w2e3…"]
            const seen = new Set(); seen.add(login()) | seen | server.js: seen (Set) → ["q1w2e3…"]
            class Store { constructor() { this.byUser = {bob: login()} } } const store = new Store() | store | server.js: store (Store) → byUser → bob
            const carts = []; carts.push({owner: 'bob'}, {owner: login()}) | carts | server.js: carts (Array) → [1] → owner
            const rooms = new Map(); const enter = (member) => { rooms.set('garden', new Set([member])); setInterval(() => member.name, 9e5) }; enter({name: login()}) | rooms | server.js: rooms (Map) → ["garden"] → [Object] → name
            let current; current = login() | current | server.js: current
            const names = []; names.push(('{"title":"' + login() + '", "n": 1}').slice(10, 26)) | names | server.js: names (Array) → [0]
            """)
    void the_path_to_a_needle_begins_at_the_variable_of_its_script(String code, String variable, String path)
            throws IOException, InterruptedException {
        try (Program program = node("server.js", code, variable)) {
            SearchResult findings = search(program.pid());

            assertThat(findings.notes()).isEmpty();
            assertThat(findings.locations()).first().isEqualTo(new Location(Location.Kind.HEAP, "web.1", path));
            try (Stream<Path> files = Files.list(Path.of("/tmp"))) {
                assertThat(files)
                        .noneMatch(file -> file.getFileName().toString().contains("." + program.pid() + ".0."));
            }
        }
    }

    @Test
    void a_module_that_does_not_hold_the_needle_has_no_path_to_it() throws IOException, InterruptedException {
        try (Program program = node("server.js", "const sessions = new Map()", "sessions")) {
            assertThat(search(program.pid())).isEqualTo(new SearchResult(List.of(), List.of()));
        }
    }

    @Test
    void the_heaps_of_worker_threads_are_said_not_to_have_been_looked_through()
            throws IOException, InterruptedException {
        String code = "const { Worker } = require('worker_threads');"
                + " const worker = new Worker('setInterval(() => {}, 9e5)', { eval: true })";
        try (Program program = node("server.js", code, "worker")) {
            SearchResult findings = search(program.pid());

            assertThat(findings.locations()).isEmpty();
            assertThat(findings.notes()).singleElement().asString().contains("worker threads");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            node_modules/@shelf/tiny-session/index.js | @shelf/tiny-session/index.js
            routes/index.js | routes/index.js
            routes/users.js | users.js
            """)
    void a_script_is_told_by_as_much_of_its_path_as_says_which_it_is(String script, String told)
            throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve(script).getParent());
        try (Program program = node(script, "const sessions = new Map(); sessions.set(login(), 1)", "sessions")) {
            assertThat(search(program.pid()).locations())
                    .first()
                    .extracting(Location::path)
                    .isEqualTo(told + ": sessions (Map) → [\"q1w2e3…\"]");
        }
    }

    @Test
    void options_that_the_user_has_set_stay() {
        Map<String, String> environment = new HashMap<>(Map.of("NODE_OPTIONS", "--max-old-space-size=512"));

        NodeHeapSearch.prepare(environment);

        assertThat(environment.get("NODE_OPTIONS")).startsWith("--max-old-space-size=512 --heapsnapshot-signal=");
    }

    @Test
    void a_node_that_was_not_prepared_is_said_to_have_been_left_alone() throws IOException, InterruptedException {
        try (Program program = Program.start("node", "-e", "console.log('ready'); setInterval(() => {}, 1000)")) {
            assertThat(NodeHeapSearch.canBeAsked(program.pid())).isFalse();
            assertThat(search(program.pid()).notes())
                    .singleElement()
                    .asString()
                    .contains("NODE_OPTIONS did not reach it");
        }
    }

    @Test
    void a_server_that_is_no_node_is_not_asked_although_it_catches_the_signal()
            throws IOException, InterruptedException {
        assumeTrue(SearchPath.ofThisJvm().find("python3").isPresent(), "there is Python here");
        String resizing = "import signal, time; signal.signal(signal.SIGWINCH, lambda *_: None);"
                + "print('ready', flush=True); time.sleep(1000)";
        try (Program program = Program.start(NodeHeapSearch::prepare, "python3", "-c", resizing)) {
            assertThat(NodeHeapSearch.canBeAsked(program.pid())).isFalse();
        }
    }

    @Test
    void an_edge_without_a_name_is_passed() throws IOException {
        Path snapshot = folder.resolve("unnamed.heapsnapshot");
        Files.writeString(snapshot, """
                {"snapshot":{"meta":{"node_fields":["type","name","id","self_size","edge_count"],
                "node_types":[["hidden","array","string","object","synthetic"],"string","number","number","number"],
                "edge_fields":["type","name_or_index","to_node"],
                "edge_types":[["context","element","property","internal"],"string_or_number","node"]},
                "node_count":4,"edge_count":3},
                "nodes":[4,0,1,0,1, 3,1,3,0,1, 1,0,5,0,1, 2,2,7,0,0],
                "edges":[1,1,5, 2,3,10, 3,0,15],
                "strings":["","Object","%s","posts"]}""".formatted(SID));

        assertThat(NodeSearch.search(snapshot, NEEDLES).paths())
                .singleElement()
                .asString()
                .contains("posts");
    }

    private Program node(String name, String code, String variable) throws IOException {
        Path script = folder.resolve(name);
        // What a handler of requests sees lives on in the context of its function.
        Files.writeString(
                script,
                "function login() { " + MADE + " return sid; }\n" + code
                        + ";\nrequire('http').createServer((q, r) => r.end(String(" + variable
                        + "))).listen(0, () => console.log('ready'));\n");
        return Program.start(NodeHeapSearch::prepare, "node", script.toString());
    }

    private static SearchResult search(long pid) throws InterruptedException {
        return NodeHeapSearch.search("web.1", pid, NEEDLES, HeapLimits.defaults());
    }
}
