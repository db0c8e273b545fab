package dev.coatcheck.contracts.faults;

import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/** What takes as much room in a store as it is long. */
final class Incompressible {
    private Incompressible() {}

    static byte[] bytes(int length) {
        var bytes = new byte[length];
        ThreadLocalRandom.current().nextBytes(bytes);
        return bytes;
    }

    static String text(int length) {
        return Base64.getEncoder().encodeToString(bytes(length)).substring(0, length);
    }
}
