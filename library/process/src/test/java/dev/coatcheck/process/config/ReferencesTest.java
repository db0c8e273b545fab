package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferencesTest {
    record Keyed(Secret apiKey) {}

    record Plain(
            String apiKey, int size, @Default("vault:a/b#c") Secret fallback) {}

    record Possible(Optional<Secret> apiKey) {}

    @TempDir
    Path folder;

    private static String problem(Class<? extends Record> type, Map<String, String> environment) {
        return catchThrowableOfType(
                        ConfigException.class, () -> Config.from(environment).as(type))
                .toString();
    }

    @Test
    void a_source_whose_module_is_absent_is_a_problem_and_not_a_password() {
        assertThat(problem(Keyed.class, Map.of("API_KEY", "aws-secretsmanager:hunter2")))
                .contains("API_KEY refers to a secret of aws-secretsmanager, and nothing on the class path reads those")
                .contains("Add dev.coatcheck:coatcheck-secretsmanager")
                .doesNotContain("hunter2");
    }

    @Test
    void only_a_secret_refers_to_another_place_and_only_by_its_variable() throws IOException {
        var config = Config.from(Map.of("API_KEY", "vault:a/b#c", "SIZE", "1")).as(Plain.class);
        assertThat(config.apiKey()).isEqualTo("vault:a/b#c");
        assertThat(config.fallback().reveal()).isEqualTo("vault:a/b#c");

        var file = Files.writeString(folder.resolve("key"), "vault:a/b#c");
        assertThat(Config.from(Map.of("API_KEY_FILE", file.toString()))
                        .as(Keyed.class)
                        .apiKey()
                        .reveal())
                .isEqualTo("vault:a/b#c");
    }

    @Test
    void what_looks_like_no_reference_is_the_secret_itself() {
        for (var value : new String[] {"postgresql://u:p@h/d", ":x", "Vault:a/b#c", "vault", "a:b:c#d"}) {
            assertThat(Config.from(Map.of("API_KEY", value))
                            .as(Keyed.class)
                            .apiKey()
                            .reveal())
                    .isEqualTo(value);
        }
    }

    @Test
    void a_credential_of_systemd_is_read_under_the_name_of_the_variable() throws IOException {
        var environment = new HashMap<>(Map.of("CREDENTIALS_DIRECTORY", folder.toString(), "SIZE_FILE", ""));
        assertThat(Config.from(environment).as(Possible.class).apiKey()).isEmpty();
        Files.writeString(folder.resolve("API_KEY"), "s3cret\n");
        Files.writeString(folder.resolve("SIZE"), "12");

        assertThat(Config.from(environment).as(Possible.class).apiKey().map(Secret::reveal))
                .contains("s3cret");
        assertThat(Config.from(environment).as(Plain.class).size()).isEqualTo(12);

        environment.put("API_KEY", "x");
        assertThat(problem(Keyed.class, environment))
                .contains(
                        "API_KEY and the credential " + folder.resolve("API_KEY") + " are both set; unset one of them");
        environment.put("API_KEY_FILE", "/x");
        assertThat(problem(Keyed.class, environment)).contains("are all set; unset all but one of them");
    }

    @Test
    void a_credential_that_cannot_be_used_is_a_problem() throws IOException {
        var file = Files.write(folder.resolve("API_KEY"), new byte[] {(byte) 0xe9});
        assertThat(problem(Keyed.class, Map.of("CREDENTIALS_DIRECTORY", folder.toString())))
                .contains("the credential " + file + " is not UTF-8 text");
        assertThat(problem(Keyed.class, Map.of("CREDENTIALS_DIRECTORY", "a\0b")))
                .contains("API_KEY is not set");
    }
}
