package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.Cause;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What reports link to is there. */
class CausesPageTest {
    @Test
    void every_cause_has_its_section_under_the_anchor_that_reports_link_to() throws IOException {
        Path page = Path.of("..", "docs", "causes.md");
        try (Stream<String> lines = Files.lines(page)) {
            assertThat(lines.filter(line -> line.startsWith("## ")))
                    .containsExactlyElementsOf(Stream.of(Cause.values())
                            .map(cause -> "## " + cause.word())
                            .toList());
        }
        assertThat(Cause.PROCESS_SECRET.anchor()).isEqualTo("docs/causes.md#process-secret");
    }
}
