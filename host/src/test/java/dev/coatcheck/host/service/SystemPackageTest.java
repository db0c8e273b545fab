package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemPackageTest {
    private static final SystemPackage MEMCACHED = new SystemPackage("memcached", "memcached", "MEMCACHED_URL");

    @TempDir
    Path folder;

    @Test
    void a_program_is_found_where_it_may_be_executed() throws IOException {
        Path first = Files.createDirectory(folder.resolve("first"));
        Path second = Files.createDirectory(folder.resolve("second"));
        Files.createFile(first.resolve("memcached"));
        Path program = program(second, "memcached");
        assertThat(MEMCACHED.locate(new SearchPath(first + "::" + second))).isEqualTo(program);
    }

    @Test
    void where_it_is_missing_the_message_has_the_line_that_installs_it_on_this_system() throws IOException {
        program(folder, "dnf");
        assertThatThrownBy(() -> MEMCACHED.locate(new SearchPath(folder.toString())))
                .isInstanceOf(ServerStartException.class)
                .message()
                .contains("there is no memcached on the PATH", "dnf install memcached'", "MEMCACHED_URL")
                .doesNotContain("apt-get");
    }

    @Test
    void where_the_system_is_unknown_the_message_names_several() {
        assertThatThrownBy(() -> MEMCACHED.locate(new SearchPath(folder.toString())))
                .message()
                .contains("apt-get install memcached", "dnf install memcached", "brew install memcached");
    }

    private static Path program(Path folder, String name) throws IOException {
        Path file = Files.createFile(folder.resolve(name));
        assertThat(file.toFile().setExecutable(true)).isTrue();
        return file;
    }
}
