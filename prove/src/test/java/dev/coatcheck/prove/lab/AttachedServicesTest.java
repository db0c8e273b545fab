package dev.coatcheck.prove.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.TcpPorts;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AttachedServicesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgres://me:secret@localhost:PORT/db",
                "postgresql+psycopg2://localhost:PORT/db",
                "jdbc:postgresql://localhost:PORT/db?user=me",
                "jdbc:sqlserver://localhost:PORT;database=db",
                "redis://[::1]:PORT/0"
            })
    void one_that_a_url_names_has_to_answer(String url) {
        int nobody = TcpPorts.free();
        Map<String, String> environment = Map.of("URL", url.replace("PORT", Integer.toString(nobody)));

        assertThatThrownBy(() -> AttachedServices.check(environment))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining(":" + nobody);
        assertThat(AttachedServices.areIn(environment)).isTrue();
        assertThat(AttachedServices.onLoopback(environment))
                .extracting(InetSocketAddress::getPort)
                .containsExactly(nobody);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PG", "DB_", "REDIS_", "MYSQL_"})
    void one_that_a_host_and_a_port_name_has_to_answer(String prefix) {
        int nobody = TcpPorts.free();
        Map<String, String> environment =
                Map.of(prefix + "HOST", "127.0.0.1", prefix + "PORT", Integer.toString(nobody));

        assertThatThrownBy(() -> AttachedServices.check(environment))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining(prefix + "HOST")
                .hasMessageContaining(":" + nobody);
        assertThat(AttachedServices.areIn(environment)).isTrue();
        assertThat(AttachedServices.onLoopback(environment))
                .extracting(InetSocketAddress::getPort)
                .containsExactly(nobody);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis://localhost:65536", "redis://localhost:99999999999999999999"})
    void a_tcp_port_that_cannot_be_is_inconclusive(String url) {
        assertThatThrownBy(() -> AttachedServices.check(Map.of("REDIS_URL", url)))
                .isInstanceOf(InconclusiveException.class)
                .hasMessageContaining("REDIS_URL");
        assertThat(AttachedServices.onLoopback(Map.of("REDIS_URL", url))).isEmpty();
    }

    @Test
    void what_a_shell_has_besides_is_nobodys_service() {
        Map<String, String> shell = Map.of(
                "DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1000/bus",
                "EDITOR_URL", "vscode://localhost:99999",
                "http_proxy", "http://127.0.0.1:1",
                "SSH_AUTH_SOCK", "/tmp/agent",
                "REDIS_PORT", "tcp://10.0.0.1:6379",
                "PGPORT", "5433");

        assertThatCode(() -> AttachedServices.check(shell)).doesNotThrowAnyException();
        assertThat(AttachedServices.areIn(shell)).isFalse();
    }

    @Test
    void one_without_an_address_keeps_state_all_the_same() {
        for (Map<String, String> environment : List.of(
                Map.of("PGHOST", "/var/run/postgresql"),
                Map.of("DB_HOST", "database.invalid"),
                Map.of("DATABASE_URL", "postgresql:///db?host=/var/run/postgresql"),
                Map.of("MONGO_URL", "mongodb+srv://cluster.invalid/db"))) {
            assertThatCode(() -> AttachedServices.check(environment)).doesNotThrowAnyException();
            assertThat(AttachedServices.areIn(environment)).isTrue();
        }
    }
}
