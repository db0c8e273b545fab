package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Writer;
import org.junit.jupiter.api.Test;

class ProgressTest {
    @Test
    void a_terminal_has_one_line_that_changes_and_notes_that_stay() {
        StringBuilder terminal = new StringBuilder();
        try (Progress progress = Progress.onTerminal(terminal, 40)) {
            progress.phase("spread");
            progress.run("spread 2", 2, 3);
            progress.step(1, 4, "POST /login?password=hunter2");
            progress.note("a leak was found\u001b[2J");
        }

        String[] shown = terminal.toString().split("\r\u001b\\[K", -1);
        assertThat(shown)
                .containsExactly(
                        "",
                        "spread",
                        "spread, run 2 of 3 (spread 2)",
                        "spread, run 2 of 3 (spread 2), step 1 …",
                        "a leak was found\uFFFD[2J\n",
                        "spread, run 2 of 3 (spread 2)",
                        "");
    }

    @Test
    void a_log_has_plain_lines_and_not_too_many() {
        StringBuilder log = new StringBuilder();
        try (Progress progress = Progress.plain(log)) {
            progress.phase("causes");
            for (int run = 1; run <= 20; run++) {
                progress.run("pair", run, 0);
                progress.step(1, 2, "GET /");
            }
            progress.ended("failed, 1 leak");
            progress.note("crash is skipped");
            progress.run("drain", 20, 0);
        }

        assertThat(log.toString().replaceAll("[0-9]+ ms", "5 ms")).isEqualTo("""
                coatcheck | causes
                coatcheck |   run 10 begins after 5 ms
                coatcheck |   run 20 begins after 5 ms
                coatcheck |   failed, 1 leak, 5 ms
                coatcheck |   crash is skipped
                """);
    }

    @Test
    void a_log_that_cannot_be_written_does_not_stop_the_proof() {
        Writer full = new Writer() {
            @Override
            public void write(char[] text, int offset, int length) throws IOException {
                throw new IOException("no space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        try (Progress plain = Progress.plain(full);
                Progress terminal = Progress.onTerminal(full, 80)) {
            plain.phase("control");
            terminal.phase("control");
        }
    }
}
