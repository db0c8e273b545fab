package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.accounts.User;
import dev.coatcheck.gallery.images.Variant;
import dev.coatcheck.state.flags.Audience;
import dev.coatcheck.state.flags.Flags;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Which variants a user is shown: the new ones only where a flag of their name is on for the user. */
public final class ShownVariants {
    private static final Set<Variant> FLAGGED = EnumSet.of(Variant.SEPIA);

    private final Flags flags;

    public ShownVariants(Flags flags) {
        this.flags = flags;
    }

    /** The names of the flags that this asks for. */
    public static Set<String> flags() {
        return FLAGGED.stream().map(Variant::path).collect(Collectors.toUnmodifiableSet());
    }

    /** Asks once, for the whole of a request. */
    Set<Variant> to(User user) {
        var now = flags.snapshot();
        var audience = Audience.of(user.id().toString()).with("email", user.email());
        var shown = EnumSet.allOf(Variant.class);
        shown.removeIf(variant -> FLAGGED.contains(variant) && !now.isOn(variant.path(), audience, false));
        return shown;
    }
}
