package dev.coatcheck.formation.supervision;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LineReaderTest {
    @Test
    void lines_end_with_either_end_of_line_or_with_the_stream() throws IOException {
        assertThat(lines("a\nb\r\n\nc")).containsExactly("a", "b", "", "c");
        assertThat(lines("")).isEmpty();
        assertThat(lines("\n")).containsExactly("");
    }

    @Test
    void a_line_without_end_is_cut_and_the_next_one_is_whole() throws IOException {
        List<String> lines = lines("x".repeat(LineReader.LIMIT + 5) + "\nnext\n");
        assertThat(lines).hasSize(2).last().isEqualTo("next");
        assertThat(lines.getFirst()).hasSizeLessThan(LineReader.LIMIT + 50).endsWith("x… (5 more bytes)");
    }

    @Test
    void a_line_that_is_longer_than_what_is_read_at_once_stays_one_line() throws IOException {
        String line = "é".repeat(20_000);
        assertThat(lines(line + "\r\nnext\n" + line)).containsExactly(line, "next", line);
    }

    @Test
    void what_is_not_utf_8_is_replaced() throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream(new byte[] {'a', (byte) 0xff, 'b', '\n'}));
        assertThat(reader.next()).isEqualTo("a\uFFFDb");
    }

    private static List<String> lines(String text) throws IOException {
        LineReader reader = new LineReader(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        List<String> lines = new ArrayList<>();
        for (String line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }
}
