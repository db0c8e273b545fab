package dev.coatcheck.prove.compare;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What ids look like that were not given out yet. A counter may be anywhere, in a block of another process or after a gap:
 * of {@code 7} any positive integer is the like, of {@code ord-0007} any with the same prefix. Others keep their shape.
 *
 * @param prefix what stands before the counter; empty where it counts nothing
 */
record IdShape(Optional<String> prefix, Shape shape) {
    private static final Pattern COUNTED = Pattern.compile("(\\D*?)0*[1-9]\\d{0,18}");

    static IdShape of(List<String> values) {
        List<Optional<String>> prefixes =
                values.stream().map(IdShape::prefix).distinct().toList();
        return new IdShape(prefixes.size() == 1 ? prefixes.getFirst() : Optional.empty(), Shape.of(values));
    }

    boolean isCounted() {
        return prefix.isPresent();
    }

    boolean fits(String value) {
        return isCounted() ? prefix(value).equals(prefix) : shape.fits(value);
    }

    private static Optional<String> prefix(String value) {
        Matcher matcher = COUNTED.matcher(value);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
