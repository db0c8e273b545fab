package dev.coatcheck.prove.isolation;

/** How layers are made, the best first. */
public enum Mechanism {
    /** Overlays in a mount namespace: needs root, with the right to mount. */
    OVERLAY,
    /**
     * The same in a user namespace, which an ordinary user may make on most systems. Processes run as the same user, with
     * no more rights. A file that the user may write to and somebody else owns cannot be changed in a layer ("Value too
     * large for defined data type"), nor can entries be made in such a folder, the application's own folder and
     * {@code /var/tmp} excepted: the kernel has no number for that owner there.
     */
    USER_OVERLAY,
    /** A copy of the application's folder, and empty folders for {@code HOME} and {@code TMPDIR}: works anywhere. */
    COPY
}
