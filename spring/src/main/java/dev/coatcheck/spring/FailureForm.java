package dev.coatcheck.spring;

import dev.coatcheck.servlet.JsonForm;
import java.util.function.Function;
import org.springframework.security.core.AuthenticationException;
import tools.jackson.databind.json.JsonMapper;

/** Why a log-in failed, as far as it is shown to the visitor: the message. */
record FailureForm<T extends AuthenticationException>(Function<String, T> ofMessage) implements JsonForm<T> {
    @Override
    public String write(T failure) {
        return JsonMapper.shared().writeValueAsString(failure.getMessage());
    }

    @Override
    public T read(String json) {
        return ofMessage.apply(JsonMapper.shared().readValue(json, String.class));
    }
}
