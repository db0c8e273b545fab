package dev.coatcheck.contracts.faults;

import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;

/** Text that takes as much room in a store as it is long. */
final class Incompressible {
    private Incompressible() {}

    static String text(int length) {
        var bytes = new byte[length];
        ThreadLocalRandom.current().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes).substring(0, length);
    }
}
