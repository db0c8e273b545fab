package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearNamesTest {
    record Needed(String databaseUrl, String port, String databaseUri) {}

    record Tolerant(@Default("30s") Duration drainTimeout, Optional<String> mailServer) {}

    private static Optional<String> near(String set, String meant) {
        var root = Group.of(Needed.class);
        var setting = root.settings()
                .filter(one -> one.name().equals(meant))
                .findFirst()
                .orElseThrow();
        return new NearNames(Set.of(set), root).of(setting).map(NearNames.Near::meant);
    }

    @ParameterizedTest
    @CsvSource({
        "DATABSE_URL, DATABASE_URL, DATABASE_URL",
        "DATABAES_URL, DATABASE_URL, DATABASE_URL",
        "database_url, DATABASE_URL, DATABASE_URL",
        "DATABASEURL, DATABASE_URL, DATABASE_URL",
        "DATABASE_URL_FIEL, DATABASE_URL, DATABASE_URL_FILE",
        "PROT, PORT, PORT"
    })
    void a_name_that_nearly_matches_is_suggested(String set, String unset, String meant) {
        assertThat(near(set, unset)).contains(meant);
    }

    @ParameterizedTest
    @CsvSource({"SORTS, PORT", "PATH, DATABASE_URL", "DATABASE_URI, DATABASE_URL"})
    void a_name_that_is_far_off_or_read_by_another_component_is_not(String set, String unset) {
        assertThat(near(set, unset)).isEmpty();
    }

    @Test
    void a_misspelled_name_of_what_may_be_missing_is_a_warning() {
        var root = Group.of(Tolerant.class);
        var warnings = new ArrayList<String>();
        var environment = new Environment(Map.of("DRIAN_TIMEOUT", "5s", "MAILSERVER", "x"));

        var filled = new Filling(root, environment, problem -> {}, warnings::add).fill(root);

        assertThat(filled).isEqualTo(new Tolerant(Duration.ofSeconds(30), Optional.empty()));
        assertThat(warnings)
                .containsExactly(
                        "DRIAN_TIMEOUT is set: did you mean DRAIN_TIMEOUT? It has its default.",
                        "MAILSERVER is set: did you mean MAIL_SERVER? It is left out.");
    }
}
