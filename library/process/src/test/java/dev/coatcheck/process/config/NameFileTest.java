package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NameFileTest {
    record Keyed(Secret apiKey) {}

    record Sized(int size) {}

    @TempDir
    Path folder;

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("value"), content);
    }

    private static String problem(Class<? extends Record> type, Map<String, String> environment) {
        return catchThrowableOfType(
                        ConfigException.class, () -> Config.from(environment).as(type))
                .problems()
                .toString();
    }

    @Test
    void the_value_is_read_from_the_file_and_one_trailing_newline_is_cut() throws IOException {
        for (var written : new String[] {"s3cret \n", "s3cret \r\n", "s3cret "}) {
            var config = Config.from(Map.of("API_KEY_FILE", file(written).toString()))
                    .as(Keyed.class);
            assertThat(config.apiKey().reveal()).isEqualTo("s3cret ");
        }
        var config =
                Config.from(Map.of("API_KEY_FILE", file("two\n\n").toString())).as(Keyed.class);
        assertThat(config.apiKey().reveal()).isEqualTo("two\n");
    }

    @Test
    void a_variable_and_its_file_together_are_a_problem() throws IOException {
        assertThat(problem(
                        Keyed.class,
                        Map.of("API_KEY", "hunter2", "API_KEY_FILE", file("x").toString())))
                .isEqualTo("[API_KEY and API_KEY_FILE are both set; unset one of them]");
    }

    @Test
    void a_malformed_value_from_a_file_says_so() throws IOException {
        var file = file("many");
        assertThat(problem(Sized.class, Map.of("SIZE_FILE", file.toString())))
                .isEqualTo("[SIZE is \"many\" (read from the file " + file + "), which is not a whole number]");
    }

    @Test
    void what_is_no_path_is_not_shown_since_it_may_be_the_secret_itself() {
        for (var mistaken : new String[] {"hunter2", "postgresql://me:hunter2@db/gallery", "hunter2\0"}) {
            assertThat(problem(Keyed.class, Map.of("API_KEY_FILE", mistaken)))
                    .startsWith("[API_KEY_FILE names a path (not shown, since it may be the secret itself), which ")
                    .doesNotContain("hunter2");
        }
        assertThat(problem(Keyed.class, Map.of("API_KEY_FILE", "/run/secrets/absent")))
                .contains("names /run/secrets/absent, which does not exist");
    }

    @Test
    void a_file_that_cannot_be_used_is_a_problem_that_says_why() throws IOException {
        var wrong = new HashMap<String, String>();
        wrong.put(folder.resolve("absent").toString(), "which does not exist");
        wrong.put(folder.toString(), "which is not a file");
        wrong.put("/dev/zero", "which is not a file");
        wrong.put("a\0b", "which is no path");
        wrong.put(Files.writeString(folder.resolve("empty"), "\n").toString(), "which is empty");
        wrong.put(Files.write(folder.resolve("latin"), new byte[] {(byte) 0xe9}).toString(), "which is not UTF-8 text");
        wrong.put(
                Files.writeString(folder.resolve("huge"), "x".repeat(TextFile.LIMIT + 1))
                        .toString(),
                "which is larger than 64 KiB");

        wrong.forEach((location, why) -> assertThat(problem(Keyed.class, Map.of("API_KEY_FILE", location)))
                .startsWith("[API_KEY_FILE names ")
                .endsWith(why + "]"));
    }
}
