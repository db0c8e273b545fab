package dev.coatcheck.prove.lab;

import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * An instance insists on a TCP port, so that there cannot be two of it in one network: it listens there in place of the one
 * that it was told to, or on another one besides.
 */
public final class FixedPortException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What programs say to {@code EADDRINUSE}, in the C library's words or their own. */
    private static final Pattern TAKEN = Pattern.compile(
            "EADDRINUSE|address( is)? already in use|port \\S+ (is|was) (already )?(in use|taken|allocated)",
            Pattern.CASE_INSENSITIVE);

    private final transient OptionalInt insteadOfPort;

    private FixedPortException(String message, OptionalInt insteadOfPort, RuntimeException cause) {
        super(message, cause);
        this.insteadOfPort = insteadOfPort;
    }

    FixedPortException(String instance, List<Integer> ports) {
        super(instance + " does not listen on the TCP port in its variable PORT, but on " + ports);
        this.insteadOfPort = OptionalInt.of(ports.getFirst());
    }

    /** For one that ended at its start, because something else has a TCP port that it needs. */
    static FixedPortException taken(String instance, String holder, InconclusiveException reason) {
        return new FixedPortException(
                instance + " needs a TCP port, besides that in its variable PORT, which " + holder + " has taken",
                OptionalInt.empty(),
                reason);
    }

    /** Whether that is what it speaks of in its last lines. */
    static boolean isReasonOf(InconclusiveException failure) {
        return TAKEN.matcher(failure.reason()).find();
    }

    /** Where it listens in place of {@code PORT}; empty where it listens there too, or ended before it listened. */
    OptionalInt insteadOfPort() {
        return insteadOfPort;
    }
}
