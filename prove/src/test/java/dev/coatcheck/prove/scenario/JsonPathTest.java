package dev.coatcheck.prove.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class JsonPathTest {
    private static final JsonNode DOCUMENT = JsonMapper.shared().readTree("""
            {"a": {"b c": [1, {"d": null}, 3]}, "items": [{"id": 7}, {"id": 8}, {}], "it's": true}""");

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            $.a['b c'][0]      | 1
            $.a["b c"][-1]     | 3
            $.a['b c'][1].d    | null
            $['it\\'s']        | true
            $.items[*].id      | [7,8]
            $.a.*              | [[1,{"d":null},3]]
            $.items.id         |
            $.items[3]         |
            $.items[-4]        |
            $.nothing.at.all   |
            """)
    void it_points_at_values(String path, String expected) {
        JsonPath parsed = JsonPath.parse(path);
        assertThat(parsed.find(DOCUMENT).map(JsonNode::toString).orElse(null)).isEqualTo(expected);
        assertThat(JsonPath.parse(parsed.toString())).isEqualTo(parsed);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            items        | begins with '$'
            $..id        | '..' searches a whole document
            $[?(@.a)]    | a filter expression is not supported
            $.items[0:2] | '[0:2]' is not understood; known are $.name
            $.           | '.' is not understood
            $['a         | is not understood
            """)
    void what_it_does_not_take_is_refused_with_what_it_does(String path, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonPath.parse(path))
                .withMessageContaining(message);
    }
}
