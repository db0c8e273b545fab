package dev.coatcheck.prove.play;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json; charset=utf-8",
                "application/problem+json",
                "application/x-amz-json-1.0",
                "text/html",
                "text/plain",
                ""
            })
    void json_is_json_by_its_type_or_by_what_it_is(String type) {
        Response response = response(type, "{\"names\": [\"ann\"]}".getBytes(StandardCharsets.UTF_8));

        assertThat(response.isJson()).isTrue();
        assertThat(response.isText()).isTrue();
    }

    @Test
    void what_only_begins_like_json_is_text() {
        Response response = response("application/x-own", "{not json".getBytes(StandardCharsets.UTF_8));

        assertThat(response.isJson()).isFalse();
        assertThat(response.isText()).isTrue();
    }

    @Test
    void bytes_that_are_no_text_are_none() {
        assertThat(response("application/octet-stream", new byte[] {'a', 0, 'b'})
                        .isText())
                .isFalse();
        assertThat(response("", new byte[] {(byte) 0xff, (byte) 0xd8, 0, 'j'}).isText())
                .isFalse();
    }

    private static Response response(String type, byte[] body) {
        List<Header> headers = type.isEmpty() ? List.of() : List.of(new Header("Content-Type", type));
        return new Response(200, headers, Content.of(body));
    }
}
