package dev.coatcheck.gallery.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.limits.OnOutage;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LogInAttemptsTest {
    private final Redis redis = Redis.attach(SharedServers.freshRedisUrl());
    private final LogInAttempts attempts = new LogInAttempts(redis.limits(new OnOutage.Closed()));

    @AfterEach
    void close() {
        redis.close();
    }

    private Optional<String> fail(String email, String address) {
        return attempts.attempt(email, address, Optional::empty);
    }

    @Test
    void an_address_has_five_attempts_on_an_account() {
        for (int i = 0; i < 5; i++) {
            assertThat(fail("ada@example.org", "192.0.2.1")).isEmpty();
        }

        assertThatThrownBy(() -> fail("ada@example.org", "192.0.2.1")).isInstanceOf(ApiException.class);
        assertThat(fail("ada@example.org", "192.0.2.2")).isEmpty();
        assertThat(fail("bob@example.org", "192.0.2.1")).isEmpty();
    }

    @Test
    void nobody_tries_one_password_on_every_account() {
        for (int i = 0; i < 50; i++) {
            assertThat(fail(i + "@example.org", "192.0.2.1")).isEmpty();
        }

        assertThatThrownBy(() -> fail("ada@example.org", "192.0.2.1")).isInstanceOf(ApiException.class);
        assertThat(fail("ada@example.org", "192.0.2.2")).isEmpty();
    }

    @Test
    void what_succeeds_does_not_count_on_the_account_nor_the_address() {
        for (int i = 0; i < 60; i++) {
            assertThat(attempts.attempt("ada@example.org", "192.0.2.1", () -> Optional.of("in")))
                    .hasValue("in");
        }

        assertThat(fail("ada@example.org", "192.0.2.1")).isEmpty();
    }
}
