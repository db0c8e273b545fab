package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.prove.location.NumberSearch.Subject;
import dev.coatcheck.prove.location.heap.Course;
import dev.coatcheck.prove.location.heap.NodeNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeNumberSearchTest {
    /** On the line {@code step} each of its numbers changes; on any other only what counts all lines. */
    private static final String COUNTING = """
            const counters = require('./counters');
            class Till { #coins = 70; static opened = 80; take() { this.#coins++; Till.opened++; } }
            let likes = 0;
            let lines = 0;
            let started = 0;
            let warm = false;
            let stock = 0.5;
            let total;
            let voted;
            let newest = null;
            let box = [];
            const shop = {rating: 31, items: {rake: {sold: 1200}}, carts: [{quantity: 6}]};
            const pages = new Map([['home', {hits: 7}], ['away', {hits: 9}]]);
            const orders = {50: 'rake', 5000: 'hoe'};
            const till = new Till();
            const makeCounter = (first) => { let count = first; return () => count++; };
            const byName = {eve: makeCounter(91), bob: makeCounter(91)};
            function step() {
                likes++;
                stock += 0.25;
                total = 4711;
                voted = true;
                shop.rating++;
                shop.items.rake.sold++;
                shop.carts[0].quantity++;
                for (let i = 0; i < 100; i++) {
                    pages.set('page ' + i, {hits: 1000 + i}); // the table grows, so that no entry stays in its place
                }
                pages.get('home').hits++;
                orders[51] = 'axe';
                till.take();
                byName.bob();
                counters.served += 2;
                newest = {weight: 815};
                box = {weight: 816};
            }
            process.stdin.on('data', (text) => {
                for (const line of text.toString().trim().split('\\n')) {
                    lines++;
                    started = 1;
                    warm = true;
                    if (line === 'step') {
                        step();
                    }
                    console.log('done', likes, lines, started, warm, stock, total, voted, newest, box);
                }
            });
            console.log('ready');
            """;

    @TempDir
    private static Path folder;

    private static Program stepped;
    private static Program other;
    private static Path before;
    private static Path after;
    private static Path elsewhere;

    @BeforeAll
    static void dumps() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
        assumeTrue(SearchPath.ofThisJvm().find("node").isPresent(), "there is Node here");
        stepped = start("one");
        other = start("two");
        Heap heap = Heap.of(Subject.here("web.1", stepped.pid())).orElseThrow();
        before = heap.dump(HeapLimits.defaults());
        stepped.tell("step");
        after = heap.dump(HeapLimits.defaults());
        other.tell("something else");
        other.tell("something else");
        elsewhere = Heap.of(Subject.here("web.2", other.pid())).orElseThrow().dump(HeapLimits.defaults());
    }

    @AfterAll
    static void end() throws IOException {
        if (stepped != null) {
            stepped.close();
            other.close();
            Files.deleteIfExists(before);
            Files.deleteIfExists(after);
            Files.deleteIfExists(elsewhere);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0    | 1    | 0    | server.js: likes 0 → 1
            0.5  | 0.75 | 0.5  | server.js: stock 0.5 → 0.75
            0    | 4711 | 0    | server.js: total nothing → 4711
            31   | 32   | 31   | server.js: shop (Object) → rating 31 → 32
            1200 | 1201 | 1200 | server.js: shop (Object) → items → rake → sold 1200 → 1201
            6    | 7    | 6    | server.js: shop (Object) → carts → [0] → quantity 6 → 7
            7    | 8    | 7    | server.js: pages (Map) → ["home"] → hits 7 → 8
            0    | 1001 | 0    | server.js: pages (Map) → ["page 1"] → hits nothing → 1001
            70   | 71   | 70   | server.js: till (Till) → #coins 70 → 71
            80   | 81   | 80   | server.js: Till → opened 80 → 81
            91   | 92   | 91   | server.js: count 91 → 92
            0    | 815  | 0    | server.js: newest (Object) → weight nothing → 815
            40   | 42   | 40   | server.js: counters (Object) → served 40 → 42
            """)
    void a_number_is_found_by_how_it_changed(double first, double second, double there, String path)
            throws IOException {
        assertThat(paths(Course.of(first, second, there))).containsExactly(path);
    }

    @Test
    void a_key_that_only_the_step_can_have_put_in_is_found() throws IOException {
        assertThat(paths(Course.to(51))).containsExactly("server.js: orders (Object) → [51]");
    }

    @Test
    void a_truth_value_is_found_where_no_other_took_the_same() throws IOException {
        assertThat(paths(Course.ofTruth(true))).containsExactly("server.js: voted nothing → true");
        assertThat(paths(Course.ofTruth(false))).isEmpty();
    }

    @Test
    void what_changes_with_any_request_is_not_taken_for_what_the_step_left() throws IOException {
        // Counted are one line and two, and a start is a start in both.
        assertThat(paths(Course.of(0, 1, 2))).containsExactly("server.js: lines 0 → 1");
        assertThat(paths(Course.of(0, 1, 1))).containsExactly("server.js: started 0 → 1");
    }

    @Test
    void no_place_is_told_that_ran_otherwise_than_the_answers() throws IOException {
        assertThat(paths(Course.of(1, 2, 1), Course.of(9, 12, 9), Course.of(0, 816, 0)))
                .isEmpty();
    }

    @Test
    void an_application_that_handles_the_signal_itself_is_left_alone() throws IOException, InterruptedException {
        String ending = "process.on('SIGUSR1', () => process.exit(1)); console.log('ready');"
                + " process.stdin.on('data', () => console.log('done'))";
        try (Program program = Program.start(NodeHeapSearch::prepare, "node", "-e", ending)) {
            Subject subject = Subject.here("web.1", program.pid());
            try (NumberSearch search =
                    NumberSearch.begin(subject, HeapLimits.defaults()).orElseThrow()) {
                search.end();

                assertThat(search.search(subject, List.of(Course.of(0, 1, 0)), List.of())
                                .notes())
                        .singleElement()
                        .asString()
                        .contains("handles SIGUSR1 itself");
            }
            program.tell("still there?");
        }
    }

    @Test
    void a_worker_of_a_cluster_starts_with_what_was_prepared() throws IOException {
        String cluster =
                "const c = require('cluster'); if (c.isPrimary) c.fork().on('exit', (code) => console.log(code));"
                        + " else process.exit(0)";
        Path script = Files.writeString(folder.resolve("cluster.js"), cluster);
        try (Program program = Program.start(NodeHeapSearch::prepare, "node", script.toString())) {
            assertThat(program.firstLine()).isEqualTo("0");
        }
    }

    private static List<String> paths(Course... courses) throws IOException {
        return NodeNumbers.paths(before, after, elsewhere, List.of(courses), List.of());
    }

    /** Each has the application in a folder of its own. */
    private static Program start(String name) throws IOException {
        Path application = Files.createDirectories(folder.resolve(name));
        Files.writeString(application.resolve("server.js"), COUNTING);
        Files.writeString(application.resolve("counters.js"), "exports.served = 40");
        return Program.start(
                NodeHeapSearch::prepare,
                "node",
                application.resolve("server.js").toString());
    }
}
