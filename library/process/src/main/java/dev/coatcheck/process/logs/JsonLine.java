package dev.coatcheck.process.logs;

import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * Builds one JSON object in one line of bounded length. Beside what JSON demands it escapes everything that a terminal or a
 * reader of lines might act on: DEL, the C1 control characters, and Unicode's own line ends.
 *
 * <p>Not safe for use by several threads.
 */
final class JsonLine {
    private final StringBuilder line = new StringBuilder(256).append('{');
    private final int limit;
    private int bytes = 1;

    /** @param limit the most bytes that the line may have, its newline included */
    JsonLine(int limit) {
        this.limit = limit;
    }

    /** The bytes that are left for further fields, after what closes the line. */
    int room() {
        return limit - bytes - 2;
    }

    /**
     * Adds a field. Its value is cut where the field would take more than {@code most} bytes, or than there is room for; a
     * field for which there is not even room for its name is left out.
     */
    JsonLine field(String name, @Nullable Object value, int most) {
        var room = Math.min(most, room());
        var key = (bytes > 1 ? "," : "") + '"' + Escaped.cut(name, 100) + "\":";
        var plain = isPlain(value);
        var overhead = Escaped.length(key) + (plain ? 0 : 2);
        var text = Fields.text(value);
        if (room < overhead + (plain ? text.length() : Escaped.SHORTEST_CUT)) {
            return this;
        }
        add(key);
        add(plain ? text : '"' + Escaped.cut(text, room - overhead) + '"');
        return this;
    }

    private void add(String escaped) {
        line.append(escaped);
        bytes += Escaped.length(escaped);
    }

    private static boolean isPlain(@Nullable Object value) {
        return switch (value) {
            case null -> true;
            case Boolean ignored -> true;
            case Integer ignored -> true;
            case Long ignored -> true;
            case Short ignored -> true;
            case Byte ignored -> true;
            case BigInteger ignored -> true;
            // JSON has no NaN and no infinity.
            case Double number -> Double.isFinite(number);
            case Float number -> Float.isFinite(number);
            default -> false;
        };
    }

    /** The finished line with its newline. */
    String end() {
        return line.append("}\n").toString();
    }
}
