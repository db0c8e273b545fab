package dev.coatcheck.process.logs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TerminalTest {
    @Test
    void a_file_a_folder_the_null_device_and_nothing_at_all_are_no_terminals(@TempDir Path folder) throws IOException {
        assertThat(Terminal.is(Files.writeString(folder.resolve("log"), ""))).isFalse();
        assertThat(Terminal.is(folder)).isFalse();
        assertThat(Terminal.is(Path.of("/dev/null"))).isFalse();
        assertThat(Terminal.is(folder.resolve("absent"))).isFalse();
    }

    @Test
    void a_terminal_is_one() {
        assertThat(Terminal.is(Path.of("/dev/ptmx"))).isTrue();
    }
}
