package dev.coatcheck.process.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.config.SecretException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The tokens that a role is given while the process reads. */
class VaultSessionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private VaultStandIn vault;

    @BeforeEach
    void start() throws IOException {
        vault = VaultStandIn.start();
        vault.put("gallery", Map.of("database-url", "postgresql://old"));
    }

    @AfterEach
    void end() {
        vault.close();
    }

    /** Reads by AppRole, without waiting as long as a process would before it logs in again. */
    private VaultReader reader(Duration pause) {
        var variables = Map.of("VAULT_ADDR", vault.address(), "VAULT_ROLE_ID", "id-1", "VAULT_SECRET_ID", "s3cret");
        return new VaultReader(name -> Optional.ofNullable(variables.get(name)), new VaultSession(pause));
    }

    @Test
    void a_token_that_is_half_through_its_life_is_followed_by_another() throws SecretException {
        vault.leaseSeconds = 6;
        var reader = reader(VaultSession.PAUSE);
        reader.read("secret/data/gallery");
        reader.read("secret/data/gallery");
        assertThat(vault.logins()).isEqualTo(1);

        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(500)).until(() -> {
            reader.read("secret/data/gallery");
            return vault.logins() == 2;
        });
        vault.revoke("hvs.given-1");
        reader.read("secret/data/gallery");
    }

    @Test
    void a_token_is_good_to_its_end_where_no_other_is_given() throws SecretException {
        vault.leaseSeconds = 8;
        vault.singleUse = true;
        var reader = reader(VaultSession.PAUSE);
        reader.read("secret/data/gallery");
        await().atMost(PATIENCE).until(() -> {
            assertThat(reader.read("secret/data/gallery")).contains("postgresql://old");
            return vault.logins() == 2;
        });
        assertThat(reader.read("secret/data/gallery")).contains("postgresql://old");
        assertThat(vault.logins()).as("and not again at once").isEqualTo(2);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThatThrownBy(() -> reader.read("secret/data/gallery"))
                        .hasMessageContaining("refuses (400)"));
    }

    @Test
    void a_token_that_is_revoked_is_replaced_once_for_all_who_meet_that() throws Exception {
        vault.put("b", Map.of("url", "redis://b"));
        var reader = reader(Duration.ZERO);
        reader.read("secret/data/b");
        vault.revoke("hvs.given-1");
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var read = threads.<String>invokeAll(
                    List.of(() -> reader.read("secret/data/gallery"), () -> reader.read("secret/data/b")));
            assertThat(read.get(0).get()).contains("postgresql://old");
            assertThat(read.get(1).get()).contains("redis://b");
        }
        assertThat(vault.logins()).isEqualTo(2);
    }

    @Test
    void a_path_that_is_forbidden_makes_no_token_each_time() throws SecretException {
        vault.forbid("b");
        var reader = reader(VaultSession.PAUSE);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> reader.read("secret/data/b")).hasMessageContaining("(403)");
            reader.read("secret/data/gallery");
        }
        assertThat(vault.logins()).isEqualTo(1);
    }
}
