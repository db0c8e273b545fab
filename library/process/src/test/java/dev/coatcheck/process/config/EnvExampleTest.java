package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class EnvExampleTest {
    record Pool(@Default("10") int size) {}

    record Gallery(
            @Describe("Where the photos are.\nPostgreSQL 15 or newer.") @Example("postgres://localhost/gallery")
            URI databaseUrl,

            Secret sessionKey,
            @Default("30s") Duration drainTimeout,

            @Describe("Shown on every page.") @Default("Ann's \"gallery\"")
            String title,

            Optional<Integer> workers,
            Pool pool) {}

    @Test
    void it_describes_every_variable_and_comments_out_what_may_be_missing() {
        assertThat(Config.envExample(Gallery.class)).isEqualTo("""
                # Where the photos are.
                # PostgreSQL 15 or newer.
                # Required: a URL.
                DATABASE_URL=postgres://localhost/gallery

                # Required: a secret text.
                SESSION_KEY=change-me

                # Default below: a duration.
                #DRAIN_TIMEOUT=30s

                # Shown on every page.
                # Default below: a text.
                #TITLE="Ann's \\"gallery\\""

                # Optional: a whole number.
                #WORKERS=10

                # Default below: a whole number.
                #POOL_SIZE=10
                """);
    }

    @Test
    void what_it_sets_is_enough_to_fill_the_record() {
        var set = Config.envExample(Gallery.class)
                .lines()
                .filter(line -> line.contains("=") && !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

        assertThat(Config.from(set).as(Gallery.class).title()).isEqualTo("Ann's \"gallery\"");
    }
}
