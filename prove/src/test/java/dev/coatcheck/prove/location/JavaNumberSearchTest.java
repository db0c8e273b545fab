package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.prove.location.NumberSearch.Subject;
import dev.coatcheck.prove.location.heap.Course;
import dev.coatcheck.prove.location.heap.JavaNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JavaNumberSearchTest {
    private static final String CLASS = "dev.coatcheck.prove.location.Counting";

    private static Program stepped;
    private static Program other;
    private static JavaDump before;
    private static JavaDump after;
    private static JavaDump elsewhere;

    @BeforeAll
    static void dumps() throws IOException, InterruptedException {
        assumeTrue(Files.exists(Path.of("/proc/self/maps")), "there is /proc here");
        stepped = start();
        other = start();
        before = JavaDump.of(stepped.pid(), HeapLimits.defaults()).kept();
        stepped.tell("step");
        after = JavaDump.of(stepped.pid(), HeapLimits.defaults()).kept();
        other.tell("something else");
        other.tell("something else");
        elsewhere = JavaDump.of(other.pid(), HeapLimits.defaults()).kept();
    }

    @AfterAll
    static void end() throws IOException {
        stepped.close();
        other.close();
        before.close();
        after.close();
        elsewhere.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            0    | 1   | 0    | .visits (static int) 0 → 1
            10   | 12  | 10   | $Shop.total (long) 10 → 12
            0    | 3   | 0    | $Shop.likes (AtomicLong) 0 → 3
            0    | 61  | 0    | $Shop.sold (LongAdder) 0 → 61
            7    | 8   | 7    | $Shop.counts (HashMap) → ["home"] 7 → 8
            1    | 101 | 1    | $Shop.counts (HashMap), size 1 → 101
            0    | 1001 | 0   | $Shop.counts (HashMap) → ["page 1"] nothing → 1001
            4    | 5   | 4    | $Shop.items (ArrayList), size 4 → 5
            31   | 32  | 31   | $Shop.hits (array) → [2] 31 → 32
            41   | 42  | 41   | $Shop.stock (Integer) 41 → 42
            1.25 | 1.5 | 1.25 | $Shop.price (double) 1.25 → 1.5
            """)
    void a_number_is_found_by_how_it_changed(double first, double second, double there, String path)
            throws IOException {
        assertThat(paths(Course.of(first, second, there))).containsExactly(CLASS + path);
    }

    @Test
    void a_key_that_only_the_step_can_have_put_in_is_found() throws IOException {
        assertThat(paths(Course.to(51))).containsExactly(CLASS + "$Shop.orders (ConcurrentHashMap) → [51]");
    }

    @Test
    void a_truth_value_is_found_where_no_other_took_the_same() throws IOException {
        assertThat(paths(Course.ofTruth(true))).containsExactly(CLASS + "$Shop.open (boolean) false → true");
        assertThat(paths(Course.ofTruth(false))).isEmpty();
    }

    @Test
    void what_changes_with_any_request_is_not_taken_for_what_the_step_left() throws IOException {
        // Counted are one line and two, and a start is a start in both.
        assertThat(paths(Course.of(0, 1, 2))).containsExactly(CLASS + ".lines (static int) 0 → 1");
        assertThat(paths(Course.of(0, 1, 1))).containsExactly(CLASS + ".started (static int) 0 → 1");
    }

    @Test
    void no_place_is_told_that_ran_otherwise_than_the_answers() throws IOException {
        assertThat(paths(Course.of(1, 2, 1), Course.of(9, 12, 9), Course.of(0, 4711, 0)))
                .isEmpty();
    }

    @Test
    void a_process_is_looked_at_before_the_step_and_after_it_and_nothing_is_left_of_that()
            throws IOException, InterruptedException {
        try (NumberSearch search = NumberSearch.begin(Subject.here("web.1", stepped.pid()), HeapLimits.defaults())
                .orElseThrow()) {
            stepped.tell("step");
            search.end();

            SearchResult found =
                    search.search(Subject.here("web.2", other.pid()), List.of(Course.of(1, 2, 0)), List.of());

            assertThat(found.notes()).isEmpty();
            assertThat(found.locations())
                    .containsExactly(new Location(Location.Kind.HEAP, "web.1", CLASS + ".visits (static int) 1 → 2"));
        }
    }

    @Test
    void a_process_that_cannot_be_looked_at_is_told() throws InterruptedException {
        HeapLimits none = new HeapLimits(HeapLimits.defaults().time(), 1 << 20);
        try (NumberSearch search =
                NumberSearch.begin(Subject.here("web.1", stepped.pid()), none).orElseThrow()) {
            search.end();

            assertThat(search.search(Subject.here("web.2", other.pid()), List.of(Course.of(0, 1, 0)), List.of())
                            .notes())
                    .singleElement()
                    .asString()
                    .contains("a dump is made up to 1 MiB");
        }
    }

    private static List<String> paths(Course... courses) throws IOException {
        return JavaNumbers.paths(before.file(), after.file(), elsewhere.file(), List.of(courses), List.of());
    }

    private static Program start() throws IOException {
        return Program.start(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Counting.class.getName());
    }
}
