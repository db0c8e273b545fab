package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigTest {
    enum Filter {
        GRAY,
        DEEP_SEPIA
    }

    record Pool(
            @Default("10") @Range(min = 1, max = 100) int size,
            @Default("5s") Duration waitTime) {}

    record Everything(
            URI databaseUrl,
            int port,
            long limit,
            double ratio,
            boolean verbose,
            Duration drainTimeout,
            Path folder,
            Filter filter,
            Secret apiKey,
            List<Filter> filters,
            Optional<Integer> workers,
            Optional<List<String>> origins,
            Pool pool) {}

    record Web(
            @Describe("Where the photos are.") @Example("postgres://localhost/gallery")
            URI databaseUrl,

            @Default("8080") @Range(min = 1, max = 65535) int port,
            Secret key) {}

    private static ConfigException problemsOf(Class<? extends Record> type, Map<String, String> environment) {
        return catchThrowableOfType(
                ConfigException.class, () -> Config.from(environment).as(type));
    }

    @Test
    void every_type_is_read_from_the_variable_of_its_name() {
        var config = Config.from(Map.ofEntries(
                        Map.entry("DATABASE_URL", "postgres://app:pw@localhost/gallery"),
                        Map.entry("PORT", "8080"),
                        Map.entry("LIMIT", "9000000000"),
                        Map.entry("RATIO", "0.25"),
                        Map.entry("VERBOSE", "TRUE"),
                        Map.entry("DRAIN_TIMEOUT", "1m30s"),
                        Map.entry("FOLDER", "/var/data"),
                        Map.entry("FILTER", "deep-sepia"),
                        Map.entry("API_KEY", "s3cret"),
                        Map.entry("FILTERS", "gray, DEEP_SEPIA"),
                        Map.entry("WORKERS", "4"),
                        Map.entry("POOL_SIZE", "3")))
                .as(Everything.class);

        assertThat(config)
                .isEqualTo(new Everything(
                        URI.create("postgres://app:pw@localhost/gallery"),
                        8080,
                        9_000_000_000L,
                        0.25,
                        true,
                        Duration.ofSeconds(90),
                        Path.of("/var/data"),
                        Filter.DEEP_SEPIA,
                        Secret.of("s3cret"),
                        List.of(Filter.GRAY, Filter.DEEP_SEPIA),
                        Optional.of(4),
                        Optional.empty(),
                        new Pool(3, Duration.ofSeconds(5))));
    }

    @Test
    void all_problems_are_told_at_once_in_the_order_of_the_components() {
        var wrong = problemsOf(
                Everything.class,
                Map.of("PORT", "80a", "RATIO", "half", "VERBOSE", "yes", "FILTER", "red", "POOL_SIZE", "0"));

        assertThat(wrong.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "DATABASE_URL is not set",
                        "PORT is \"80a\", which is not a whole number",
                        "LIMIT is not set",
                        "RATIO is \"half\", which is not a number",
                        "VERBOSE is \"yes\", which is neither true nor false",
                        "DRAIN_TIMEOUT is not set",
                        "FOLDER is not set",
                        "FILTER is \"red\", which is none of gray, deep-sepia",
                        "API_KEY is not set",
                        "FILTERS is not set",
                        "POOL_SIZE is \"0\", which is not from 1 to 100");
    }

    @Test
    void the_report_says_what_is_wrong_what_it_is_for_what_is_expected_and_an_example() {
        var wrong = problemsOf(Web.class, Map.of("DATABSE_URL", "x", "PORT", "70000", "KEY", "k"));

        assertThat(wrong).hasMessage("""
                        The environment has 2 problems for Web:

                          DATABASE_URL is not set
                              DATABSE_URL is set: did you mean DATABASE_URL?
                              Where the photos are.
                              Expected: a URL, such as postgres://localhost/gallery

                          PORT is "70000", which is not from 1 to 65535
                              Expected: a whole number from 1 to 65535, such as 1
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "30s, PT30S",
        "15m, PT15M",
        "2h, PT2H",
        "7d, PT168H",
        "1h30m, PT1H30M",
        "PT20S, PT20S",
        "0s, PT0S"
    })
    void durations_are_read_as_people_write_them(String text, Duration expected) {
        assertThat(Durations.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"30", "30 s", "s", "-5s", "PT-5S", "1m1h", "99999999999s", "P1Y", "PT9999999999999999999S", "١s"
            })
    void what_is_no_duration_is_refused(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Durations.parse(text));
    }

    @Test
    void the_password_of_a_url_is_masked_even_where_it_made_the_url_malformed() {
        for (var url : List.of(
                "postgres://app:hunter2@db:port space/x",
                "postgres://app:hun@ter2/hunter2^@db",
                "postgres://app:^hunter2",
                "app:hunter2^@db",
                "https://host/^?user=a&password=hunter2")) {
            assertThat(problemsOf(Web.class, Map.of("DATABASE_URL", url, "KEY", "k")))
                    .hasMessageContaining("***")
                    .message()
                    .doesNotContain("ter2");
        }
        assertThat(problemsOf(Web.class, Map.of("DATABASE_URL", "postgres://db:5432/^", "KEY", "k")))
                .hasMessageContaining("postgres://db:5432/^");
    }

    @Test
    void values_are_shown_in_one_line_of_bounded_length() {
        var wrong = problemsOf(
                Web.class, Map.of("DATABASE_URL", "a:b", "KEY", "k", "PORT", "\u001b[2J\n" + "9".repeat(5_000)));

        var problem = wrong.problems().getFirst().toString();
        assertThat(problem).hasSizeLessThan(300).doesNotContain("\u001b", "\n");
    }

    record Numbers(int small, long large, double real) {}

    @Test
    void a_number_that_does_not_fit_is_refused_rather_than_bent() {
        var wrong = problemsOf(Numbers.class, Map.of("SMALL", "2147483648", "LARGE", "9".repeat(101), "REAL", "1e999"));

        assertThat(wrong.problems())
                .extracting(problem -> problem.wrong().replaceFirst(".*, ", ""))
                .containsExactly(
                        "which is not from -2147483648 to 2147483647",
                        "which is not a whole number",
                        "which is too large");
    }

    record Bounds(
            @Default("1") int low,
            @Default("2") int high,
            @Default("http://u:hunter2@h") URI url) {
        Bounds {
            if (low > high) {
                throw new IllegalArgumentException("low is " + low + ", above high, for " + url);
            }
        }
    }

    record Outer(Bounds bounds, int port) {}

    @Test
    void what_the_compact_constructor_refuses_is_a_problem_among_the_others() {
        var wrong = problemsOf(Outer.class, Map.of("BOUNDS_LOW", "5"));

        assertThat(wrong.problems())
                .extracting(Problem::toString)
                .containsExactly(
                        "Bounds refuses its values: low is 5, above high, for http://***@h", "PORT is not set");
        assertThat(wrong.problems().getFirst().help())
                .containsExactly("It is made of BOUNDS_LOW, BOUNDS_HIGH, BOUNDS_URL");
    }

    @Test
    void an_empty_variable_counts_as_not_set() {
        var config = Config.from(Map.of("DATABASE_URL", "db:x", "KEY", "k", "PORT", ""))
                .as(Web.class);

        assertThat(config.port()).isEqualTo(8080);
        assertThat(problemsOf(Web.class, Map.of("DATABASE_URL", "", "KEY", "k")).problems())
                .extracting(Problem::toString)
                .containsExactly("DATABASE_URL is not set");
    }

    @Test
    void the_names_of_components_become_the_names_of_variables() {
        assertThat(List.of("port", "databaseUrl", "baseURL", "s3Bucket", "http2Enabled", "aURLPath"))
                .extracting(Group::variable)
                .containsExactly("PORT", "DATABASE_URL", "BASE_URL", "S3_BUCKET", "HTTP2_ENABLED", "A_URL_PATH");
    }

    record Unreadable(Thread thread) {}

    record WrongDefault(@Default("soon") Duration when) {}

    record WrongExample(@Example("soon") Duration when) {}

    record NeverEmpty(@Default("1") Optional<Integer> count) {}

    record RangedText(@Range(min = 1, max = 2) String text) {}

    record Ambiguous(Path log, Path logFile) {}

    @Test
    void a_record_that_cannot_be_read_is_a_bug_and_named() {
        for (var type : List.of(
                Unreadable.class,
                WrongDefault.class,
                WrongExample.class,
                NeverEmpty.class,
                RangedText.class,
                Ambiguous.class)) {
            assertThatExceptionOfType(IllegalArgumentException.class)
                    .isThrownBy(() -> Config.from(Map.of()).as(type))
                    .withMessageContaining(type.getName());
        }
    }
}
