package dev.coatcheck.spring;

import dev.coatcheck.servlet.JsonForm;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.json.JsonMapper;

/**
 * As Spring Security writes it.
 *
 * @param mapper with its modules
 */
record SecurityForm<T>(Class<T> type, JsonMapper mapper) implements JsonForm<T> {
    @Override
    public String write(T value) {
        return mapper.writeValueAsString(value);
    }

    @Override
    public T read(String json) {
        try {
            return mapper.readValue(json, type);
        } catch (InvalidTypeIdException e) {
            throw new IllegalArgumentException(
                    "it holds a %s, which coatcheck.sessions.types does not name".formatted(e.getTypeId()), e);
        }
    }
}
