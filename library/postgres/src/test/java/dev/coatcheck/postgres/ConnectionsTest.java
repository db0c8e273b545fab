package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.service.SharedServers;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final String URL = SharedServers.freshPostgresUrl();

    @Test
    void settings_and_parameters_reach_the_server() {
        var settings =
                PostgresSettings.defaults().withApplicationName("gallery").withStatementTimeout(Duration.ofSeconds(3));
        assertThat(show(URL, settings, "application_name")).isEqualTo("gallery");
        assertThat(show(URL, settings, "statement_timeout")).isEqualTo("3s");
        assertThat(show(URL, settings, "idle_in_transaction_session_timeout")).isEqualTo("9s");
        assertThat(show(URL + "?application_name=of%20the%20url", settings, "application_name"))
                .isEqualTo("of the url");
        assertThat(show(URL + "?options=-c%20work_mem%3D5MB&connect_timeout=7", settings, "work_mem"))
                .isEqualTo("5MB");
        assertThat(show(URL + "?options=-c%20work_mem%3D5MB", settings, "statement_timeout"))
                .isEqualTo("3s");
        assertThat(show(URL + "?target_session_attrs=read-write&sslmode=disable", settings, "server_encoding"))
                .isEqualTo("UTF8");
    }

    @Test
    void a_parameter_that_nobody_knows_is_refused_and_its_value_not_repeated() {
        assertThatThrownBy(() -> Postgres.attach(URL + "?sslmoode=s3cret"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"sslmoode\"")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void no_more_connections_are_made_than_the_pool_may_have_and_who_waits_too_long_is_told() throws Exception {
        var settings = PostgresSettings.defaults().withPoolSize(2).withConnectTimeout(Duration.ofSeconds(2));
        try (var postgres = Postgres.attach(URL, settings)) {
            var held = new ArrayList<AutoCloseable>();
            for (int i = 0; i < 2; i++) {
                held.add(postgres.dataSource().getConnection());
            }
            assertThatThrownBy(postgres::ping).hasMessageContaining("ping").hasMessageContaining("timed out");
            for (var connection : held) {
                connection.close();
            }
            postgres.ping();
        }
    }

    @Test
    void time_outs_that_end_before_they_begin_are_refused() {
        var settings = PostgresSettings.defaults();
        assertThatThrownBy(() -> settings.withPoolSize(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withConnectTimeout(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> settings.withStatementTimeout(Duration.ofMillis(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String show(String url, PostgresSettings settings, String name) {
        try (var postgres = Postgres.attach(url, settings)) {
            return Databases.query(postgres, "show " + name).get(0);
        }
    }
}
