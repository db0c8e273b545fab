package dev.coatcheck.state.flags;

import dev.coatcheck.state.StoredText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A flag: what it is for whom. The first rule that has a value for somebody decides.
 *
 * <pre>{@code
 * Flag.of("sepia", FlagValue.of(false))
 *     .with(Rule.where("plan", "pro").serve(FlagValue.of(true)))
 *     .with(Rule.everybody().serve(FlagValue.of(true), 10)); // per cent
 * }</pre>
 *
 * @param name 1 to {@value #MAX_NAME_BYTES} bytes of UTF-8, of characters that every store takes
 * @param otherwise what it is where no rule says anything
 */
public record Flag(String name, FlagValue otherwise, List<Rule> rules) {

    /** The longest name, in bytes of UTF-8. */
    public static final int MAX_NAME_BYTES = 256;

    /** The largest flag, in bytes of what is stored. */
    public static final int MAX_STORED_BYTES = 64 * 1024;

    public Flag {
        rules = List.copyOf(rules);
        StoredText.require("the name of a flag", name);
        int bytes = StoredText.utf8Length(name);
        if (bytes < 1 || bytes > MAX_NAME_BYTES) {
            throw new IllegalArgumentException(
                    "the name of a flag has 1 to %d bytes, not %d".formatted(MAX_NAME_BYTES, bytes));
        }
        var types = Stream.concat(
                        Stream.of(otherwise),
                        rules.stream().flatMap(rule -> rule.shares().stream()).map(Rule.Share::value))
                .map(Object::getClass)
                .distinct()
                .count();
        if (types > 1) {
            throw new IllegalArgumentException("all values of the flag \"%s\" are of one type".formatted(name));
        }
    }

    /** The same for everybody. */
    public static Flag of(String name, FlagValue otherwise) {
        return new Flag(name, otherwise, List.of());
    }

    /** One rule more, after the others. */
    public Flag with(Rule rule) {
        var more = new ArrayList<>(rules);
        more.add(rule);
        return new Flag(name, otherwise, more);
    }

    /** What it is for somebody. Costs no round trip, and gives every process the same answer. */
    public Evaluation evaluate(Audience audience) {
        for (var rule : rules) {
            var share = rule.shareOf(audience, name);
            if (share.isPresent()) {
                var reason = share.get().tenThousandths() == Rule.Share.ALL
                        ? Evaluation.Reason.RULE
                        : Evaluation.Reason.SHARE;
                return new Evaluation(share.get().value(), reason);
            }
        }
        return new Evaluation(otherwise, Evaluation.Reason.OTHERWISE);
    }
}
