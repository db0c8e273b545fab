package dev.coatcheck.process.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class SecretTest {
    record Mail(String user, Secret password, List<Secret> others) {}

    private final Mail mail = new Mail("ann", Secret.of("hunter2"), List.of(Secret.of("hunter3")));

    @Test
    void it_never_prints() {
        assertThat(mail).hasToString("Mail[user=ann, password=***, others=[***]]");
        assertThat("%s".formatted(mail.password())).isEqualTo("***");
        assertThat(mail.password().reveal()).isEqualTo("hunter2");
    }

    @Test
    void its_fields_are_secrets_and_what_is_none_is_refused_without_a_value() {
        var login =
                Secret.of("{\"username\": \"ada\", \"password\": \"hunter2\"}").latestFields();

        assertThat(login).hasToString("***");
        assertThat(login.get("username").reveal()).isEqualTo("ada");
        assertThat(login.get("password")).isEqualTo(Secret.of("hunter2")).hasToString("***");
        assertThatThrownBy(() -> login.get("user"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("The secret has no field \"user\". It has: username, password");
        for (var none : List.of("hunter2", "[\"hunter2\"]", "{\"password\": hunter2}")) {
            assertThatThrownBy(() -> Secret.of(none).latestFields().get("password"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("The secret is no JSON object, so it has no field \"password\"")
                    .hasMessageNotContaining("hunter2")
                    .hasNoCause();
        }
    }

    @Test
    void what_carries_its_text_while_the_configuration_is_read_does_not_print_it_either() {
        assertThat(Environment.Found.Text.of("hunter2").toString()).doesNotContain("hunter2");
    }

    @Test
    void it_is_not_written_as_json_neither_as_a_value_nor_as_a_key() {
        var json = JsonMapper.shared();

        assertThat(json.writeValueAsString(mail)).isEqualTo("""
                {"user":"ann","password":"***","others":["***"]}""");
        assertThat(json.writeValueAsString(Map.of(mail.password(), 1))).doesNotContain("hunter2");
    }

    @Test
    void it_equals_a_secret_with_the_same_text_and_its_hash_tells_nothing() {
        assertThat(Secret.of("a"))
                .isEqualTo(Secret.of("a"))
                .isNotEqualTo(Secret.of("b"))
                .isNotEqualTo("a");
        assertThat(Secret.of("a")).hasSameHashCodeAs(Secret.of("b"));
    }
}
