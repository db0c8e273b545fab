package dev.coatcheck.prove.isolation;

/** How layers are made, the best first. */
public enum Mechanism {
    /** Overlays in a mount namespace: needs root, with the right to mount. */
    OVERLAY,
    /** The same in a user namespace, which an ordinary user may make on most systems. */
    USER_OVERLAY,
    /** A copy of the application's folder, and empty folders for {@code HOME} and {@code TMPDIR}: works anywhere. */
    COPY
}
