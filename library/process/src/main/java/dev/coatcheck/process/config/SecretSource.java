package dev.coatcheck.process.config;

import java.util.Optional;

/**
 * A kind of place where secrets are kept, to which the value of a variable may refer: {@code vault:secret/data/gallery#url}
 * begins with the source's name, then comes what to read there, and after a {@code #} the field of the JSON object that was
 * read. Without a field the secret is all of the text.
 *
 * <p>Found by {@link java.util.ServiceLoader} under the name of this interface, so that a module on the class path is all that
 * it takes. Implementations are safe for use by several threads.
 *
 * <pre>{@code
 * public final class KeychainSource implements SecretSource {
 *     public String name() { return "keychain"; }
 *     public String example() { return "gallery/database-url"; }
 *     public boolean isReference(String text) { return text.matches("[a-z/-]+"); }
 *     public Reader reader(Variables variables) { return path -> keychain.find(path); }
 * }
 * }</pre>
 */
public interface SecretSource {
    /** What references begin with, before a colon: small letters, digits and {@code -}. */
    String name();

    /** A reference, without the name and the colon, to show what one looks like. */
    String example();

    /**
     * Whether {@code text}, which followed the name and the colon, can be meant as a reference. Strict, because what is one
     * may be shown in messages, and a password may begin with a source's name by chance.
     */
    boolean isReference(String text);

    /**
     * What reads secrets in one process. Asked for once, before the first of them is read; does not connect. It lives as long
     * as the process, and nothing closes it.
     *
     * @param variables the process's own, for the address and the credentials of the source
     */
    Reader reader(Variables variables);

    /** Reads secrets. */
    @FunctionalInterface
    interface Reader {
        /**
         * The text of a secret as it is now: for those of several fields, a JSON object. Called by several threads, again and
         * again; it is interrupted when it takes longer than some seconds, and should keep to at most 64 KiB.
         *
         * @param secret the reference without its field
         * @throws SecretException where it cannot be read, with what was tried and what to do
         */
        String read(String secret) throws SecretException;
    }

    /** The variables of a process. */
    @FunctionalInterface
    interface Variables {
        /**
         * The value of a variable, or what stands in the file that {@code NAME_FILE} names, or in the systemd credential of
         * its name, read anew each time, so that a token there may rotate too. Empty where none of them is set.
         */
        Optional<String> get(String name) throws SecretException;
    }
}
