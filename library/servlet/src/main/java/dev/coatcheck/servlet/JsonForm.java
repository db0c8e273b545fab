package dev.coatcheck.servlet;

/**
 * How values of one type are written as JSON and read again, for a type that a {@link SessionFilter} cannot write or read
 * as it does records and beans: one of a library's, say, which brings its own way.
 *
 * <p>Called at least once for each request that asks for such a value, and by several threads at once: thread-safe.
 *
 * <pre>{@code
 * settings.withType("money", Money.class, new JsonForm<Money>() {
 *     public String write(Money money) {
 *         return "\"" + money + "\"";
 *     }
 *
 *     public Money read(String json) {
 *         return Money.parse(json.substring(1, json.length() - 1));
 *     }
 * });
 * }</pre>
 *
 * @see SessionFilterSettings#withType(String, Class, JsonForm)
 */
public interface JsonForm<T> {
    /**
     * The value as JSON; of equal values the same text, since what differs from the text before is saved.
     *
     * @throws RuntimeException where this value cannot be kept: {@code setAttribute} is refused then, with its message
     */
    String write(T value);

    /**
     * A value that was written, by this release or another.
     *
     * @param json whatever the store has: not to be trusted with the choice of a class
     * @throws RuntimeException where it cannot be read: the attribute is left out then
     */
    T read(String json);
}
