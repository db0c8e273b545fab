package dev.coatcheck.contracts.sessions;

import static dev.coatcheck.contracts.sessions.SessionsUnderTest.attribute;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.find;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.json;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.newSession;
import static dev.coatcheck.contracts.sessions.SessionsUnderTest.save;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.Device;
import dev.coatcheck.state.sessions.SaveResult.Conflict;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionCapability;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever text comes in as a name, a value, a user or a label comes out again, and means nothing else to the store. */
interface HostileText extends SessionsUnderTest {

    static Stream<String> hostileTexts() {
        return Stream.of(
                "",
                " ",
                "\n",
                "a\r\nb\tc",
                "'; DROP TABLE sessions; --",
                "\"quoted\" and 'quoted' and `quoted` and \\backslashed\\",
                "{\"v\":1}",
                "%s %d %n $1 ${jndi:ldap://x} {0} ?",
                "a:b:c|d",
                "0",
                "-1",
                "null",
                "*",
                "__proto__",
                "../../etc/passwd",
                "\u0001\u001b[31m\u007f",
                "é ß 漢字 🧥 \u202e right to left \u200b zero width \ufeff",
                "e\u0301 is not \u00e9",
                "\uffff\ud83e\udde5",
                "x".repeat(500));
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    default void any_text_is_a_name_of_an_attribute_and_its_value(String text) {
        var sessions = sessions();
        var id = newSession(sessions, Changes.none().put(text, text).put("neighbour", "1"));

        assertThat(find(sessions, id).attributes()).hasSize(2);
        assertThat(json(find(sessions, id), text)).isEqualTo(text);

        assertThat(sessions.save(id, Changes.none().putIfUnchanged(text, "other", 0)))
                .isEqualTo(new Conflict(Map.of(text, Optional.of(attribute(find(sessions, id), text)))));
        assertThat(sessions.update(id, text, current -> current.map(now -> now + text)))
                .isEqualTo(new Saved(id));
        assertThat(json(find(sessions, id), text)).isEqualTo(text + text);

        save(sessions, id, Changes.none().remove(text));
        assertThat(find(sessions, id).attributes()).containsOnlyKeys("neighbour");
    }

    @ParameterizedTest
    @MethodSource("hostileTexts")
    default void any_text_is_a_user_and_a_label(String text) {
        var sessions = sessions();
        newSession(sessions, Changes.none().user("somebody else"));
        var id = newSession(sessions, Changes.none().user(text).label(text));

        assertThat(find(sessions, id).user()).contains(text);
        if (!can(SessionCapability.DEVICES)) {
            return;
        }
        assertThat(sessions.devices(text)).extracting(Device::handle).containsExactly(id.handle());
        assertThat(sessions.devices(text)).extracting(Device::label).containsExactly(Optional.of(text));
        assertThat(sessions.revokeAll(text)).isEqualTo(1);
        assertThat(sessions.devices("somebody else")).hasSize(1);
    }

    @Test
    default void all_of_them_fit_into_one_session() {
        var sessions = sessions();
        var changes =
                hostileTexts().reduce(Changes.none(), (sofar, text) -> sofar.put(text, text), (left, right) -> right);

        var id = save(sessions, newSession(sessions, Changes.none()), changes.rotate());

        var held = find(sessions, id).attributes().entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, entry -> entry.getValue().json()));
        assertThat(held).isEqualTo(hostileTexts().collect(Collectors.toMap(Function.identity(), Function.identity())));
    }
}
