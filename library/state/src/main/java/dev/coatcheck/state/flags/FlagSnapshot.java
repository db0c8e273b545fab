package dev.coatcheck.state.flags;

import java.util.Map;
import java.util.Optional;

/**
 * All flags as they were at one moment: take one for a request, so that it does not change its mind on the way. Immutable.
 *
 * @param version grows with each change; 0 where nobody has ever stored a flag, -1 where the store was never reached
 * @param flags by their names
 */
public record FlagSnapshot(long version, Map<String, Flag> flags) {

    public FlagSnapshot {
        flags = Map.copyOf(flags);
    }

    /** What a flag is for somebody; nothing where there is no such flag. */
    public Optional<Evaluation> evaluate(String name, Audience audience) {
        return Optional.ofNullable(flags.get(name)).map(flag -> flag.evaluate(audience));
    }

    /**
     * Whether something is on for somebody.
     *
     * @param otherwise the answer where there is no such flag, or it is none of on and off
     */
    public boolean isOn(String name, Audience audience, boolean otherwise) {
        return evaluate(name, audience)
                .map(Evaluation::value)
                .map(value -> value instanceof FlagValue.Bool(boolean on) ? on : otherwise)
                .orElse(otherwise);
    }
}
