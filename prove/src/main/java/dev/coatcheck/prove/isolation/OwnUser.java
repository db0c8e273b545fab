package dev.coatcheck.prove.isolation;

import com.sun.security.auth.module.UnixSystem;

/** Who runs this JVM. */
final class OwnUser {
    private static final int UID = Math.toIntExact(new UnixSystem().getUid());

    private OwnUser() {}

    static int uid() {
        return UID;
    }

    static boolean isRoot() {
        return UID == 0;
    }
}
