package dev.coatcheck.servlet;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Kept answers as JSON: {@code {"v": 1, "kind": "whole", ...}}, where {@code v} is the version of this format. */
final class KeptAnswerJson {
    private static final int FORMAT = 1;
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private KeptAnswerJson() {}

    /** A body that is text is kept as it reads; another in base64. */
    private record Stored(
            int v, String kind, int status, Map<String, List<String>> headers, String encoding, String body) {}

    static String write(KeptAnswer answer) {
        return MAPPER.writeValueAsString(
                switch (answer) {
                    case KeptAnswer.Whole answered -> whole(answered);
                    case KeptAnswer.ErrorPage(int status, var message) ->
                        new Stored(FORMAT, "error", status, Map.of(), "text", message);
                    case KeptAnswer.NotKept() -> new Stored(FORMAT, "not-kept", 0, Map.of(), "text", "");
                });
    }

    /** @throws IllegalArgumentException where no release wrote this, or a newer one did */
    static KeptAnswer read(String json) {
        try {
            var stored = MAPPER.readValue(json, Stored.class);
            if (stored == null || stored.kind == null || stored.headers == null || stored.body == null) {
                throw new IllegalArgumentException("what was kept is no answer");
            }
            if (stored.v != FORMAT) {
                throw new IllegalArgumentException(
                        "an answer was kept in format " + stored.v + ", and this release reads " + FORMAT);
            }
            return switch (stored.kind) {
                case "whole" -> new KeptAnswer.Whole(stored.status, stored.headers, body(stored));
                case "error" -> new KeptAnswer.ErrorPage(stored.status, stored.body);
                case "not-kept" -> new KeptAnswer.NotKept();
                default -> throw new IllegalArgumentException("an answer was kept as \"" + stored.kind + "\"");
            };
        } catch (JacksonException e) {
            throw new IllegalArgumentException("what was kept is no answer", e);
        }
    }

    private static Stored whole(KeptAnswer.Whole answer) {
        String encoding = "text";
        String body;
        try {
            body = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(answer.body))
                    .toString();
        } catch (CharacterCodingException e) {
            encoding = "base64";
            body = Base64.getEncoder().encodeToString(answer.body);
        }
        return new Stored(FORMAT, "whole", answer.status, answer.headers, encoding, body);
    }

    private static byte[] body(Stored stored) {
        return stored.encoding.equals("base64")
                ? Base64.getDecoder().decode(stored.body)
                : stored.body.getBytes(StandardCharsets.UTF_8);
    }
}
