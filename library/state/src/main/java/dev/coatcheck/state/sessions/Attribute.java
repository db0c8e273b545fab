package dev.coatcheck.state.sessions;

/**
 * One value in a session.
 *
 * @param json the value as JSON text; the port neither reads nor checks it
 * @param version grows each time this attribute is written; greater than zero, and comparable only with other versions
 *     of the same attribute in the same session
 */
public record Attribute(String json, long version) {}
