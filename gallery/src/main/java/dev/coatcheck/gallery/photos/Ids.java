package dev.coatcheck.gallery.photos;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads ids from URLs. */
final class Ids {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private Ids() {}

    /** Empty where the text is no id in the form in which ids are written; {@link UUID#fromString} takes many more. */
    static Optional<UUID> parse(@Nullable String text) {
        return text != null && ID.matcher(text).matches() ? Optional.of(UUID.fromString(text)) : Optional.empty();
    }
}
