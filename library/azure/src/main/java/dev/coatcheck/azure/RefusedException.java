package dev.coatcheck.azure;

import java.io.IOException;

/** The store answered, and not as was hoped: to ask once more would change nothing. */
final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
