package dev.coatcheck.prove.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.scenario.http.HttpFileReader;
import dev.coatcheck.prove.scenario.hurl.HurlReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code docs/scenarios.md} shows can be played. */
class DocumentedScenariosTest {
    @TempDir
    private Path folder;

    @Test
    void every_example_of_a_file_is_read() throws IOException {
        Files.writeString(folder.resolve("cat.jpg"), "cat");
        List<String> examples = matches("```hurl\n(.*?)```");
        assertThat(examples).isNotEmpty();
        for (String example : examples) {
            Scenario scenario = HurlReader.read(folder.resolve("documented.hurl"), example, Set.of());
            assertThat(scenario.steps()).hasSizeGreaterThan(1);
        }
    }

    @Test
    void every_example_of_an_http_file_is_read() throws IOException {
        Files.writeString(folder.resolve("cat.jpg"), "cat");
        for (String example : matches("```http\n(.*?)```")) {
            Reading reading = HttpFileReader.read(folder.resolve("documented.http"), example, Set.of());
            assertThat(reading.scenario().steps()).hasSize(3);
            assertThat(reading.notes()).isEmpty();
        }
    }

    @Test
    void every_example_of_a_step_is_read() throws IOException {
        Files.writeString(folder.resolve("cat.jpg"), "cat");
        List<String> steps = matches("(?m)^\\| .*?`((?:[A-Z]+ )?/[^`]*)`[^|]*\\|");
        assertThat(steps).hasSizeGreaterThan(4);
        assertThat(StepLines.read(steps, folder, Set.of()).steps()).hasSameSizeAs(steps);
    }

    private static List<String> matches(String pattern) throws IOException {
        String page = Files.readString(Path.of("../docs/scenarios.md"));
        return Pattern.compile(pattern, pattern.startsWith("```") ? Pattern.DOTALL : 0)
                .matcher(page)
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }
}
