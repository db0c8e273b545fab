package dev.coatcheck.process.health;

/**
 * Asks an attached resource whether it answers, as cheaply as it can: one round trip. It returns where the resource does,
 * and throws where it does not. It is interrupted when its time is over.
 */
@FunctionalInterface
public interface Check {
    void run() throws Exception;
}
