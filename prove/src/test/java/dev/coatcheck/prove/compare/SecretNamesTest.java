package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretNamesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "$.password",
                "the field pass",
                "$.user.passwd",
                "X-Api-Key",
                "$.pin",
                "the parameter pwd",
                "the field user[pass]",
                "$.pass[0]",
                "$.userPin",
                "$.otpCode",
                "access_key"
            })
    void passwords_are_known_and_give_access(String name) {
        assertThat(SecretNames.isPassword(name)).isTrue();
        assertThat(SecretNames.givesAccess(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"$.sessionId", "the cookie token", "Authorization", "X-Csrf-Token", "the parameter signature"})
    void what_is_given_in_place_of_a_password_gives_access_and_is_none(String name) {
        assertThat(SecretNames.isPassword(name)).isFalse();
        assertThat(SecretNames.givesAccess(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"$.passenger", "$.passport", "$.spin", "$.compass[0]", "$.shipping", "$.name"})
    void other_names_are_no_secrets(String name) {
        assertThat(SecretNames.givesAccess(name)).isFalse();
    }
}
