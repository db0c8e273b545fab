package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each face of each sample, whole, so that a change is seen as a reader sees it. After one that is meant: {@code ./mvnw -pl
 * prove -am test -Dtest=FacesTest -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update=true}, and look at the
 * difference.
 */
class FacesTest {
    private static final Path KEPT = Path.of("src/test/resources/dev/coatcheck/prove/report");

    @ParameterizedTest
    @EnumSource
    void the_terminal_shows_what_was_seen(Samples sample) throws IOException {
        compare(sample.file() + ".txt", TerminalFace.text(sample.report(), Screen.plain()));
    }

    @ParameterizedTest
    @EnumSource
    void the_json_is_as_it_was_seen(Samples sample) throws IOException {
        compare(sample.file() + ".json", JsonFace.text(sample.report()));
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "STATELESS",
                "TWO_LEAKS",
                "INCONCLUSIVE",
                "HOSTILE",
                "ALL_ACCEPTED",
                "ONE_ACCEPTED",
                "ADVICE",
                "STRICT",
                "FAILED_DRAIN"
            })
    void the_results_for_ci_are_as_they_were_seen(Samples sample) throws IOException {
        compare(sample.file() + ".junit.xml", JUnitFace.text(sample.report()));
        compare(sample.file() + ".sarif", SarifFace.text(sample.report()));
    }

    private static void compare(String name, String text) throws IOException {
        Path file = KEPT.resolve(name);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(KEPT);
            Files.write(file, bytes);
        }
        assertThat(new String(bytes, StandardCharsets.UTF_8))
                .as("%s; the comment of this test says how to take a change over", name)
                .isEqualTo(Files.readString(file));
    }
}
