package dev.coatcheck.host;

import java.io.IOException;
import java.nio.file.Path;

/** A program that tries to take a lock, and says who holds it. */
final class LockTrial {
    private LockTrial() {}

    public static void main(String[] arguments) throws IOException {
        try (OwnerLock lock = OwnerLock.acquire(Path.of(arguments[0]))) {
            System.out.println("free: " + lock);
        } catch (OwnerLock.HeldException e) {
            System.out.println("held by " + e.pid());
        }
    }
}
