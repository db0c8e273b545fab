package dev.coatcheck.formation.router;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Names requests, so that the logs of all that took part can be put together. The names are not secrets. */
final class RequestIds {
    private static final int LONGEST = 128;

    private RequestIds() {}

    /** The client's own name for the request where it is one line of harmless characters, and a new one otherwise. */
    static String from(@Nullable String proposed) {
        return proposed != null && isSane(proposed) ? proposed : random();
    }

    private static boolean isSane(String id) {
        return !id.isEmpty()
                && id.length() <= LONGEST
                && id.chars().allMatch(c -> Tokens.isLetterOrDigit(c) || "-._~:/+=@".indexOf(c) >= 0);
    }

    private static String random() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    }
}
