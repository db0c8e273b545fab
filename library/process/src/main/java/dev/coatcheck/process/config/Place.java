package dev.coatcheck.process.config;

/** Where a text lies that can be read again. */
@FunctionalInterface
interface Place {
    String read() throws SecretException;
}
