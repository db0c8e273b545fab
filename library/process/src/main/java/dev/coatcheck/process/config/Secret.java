package dev.coatcheck.process.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * A text that must not be seen: a password, a key, a URL that carries one. It prints as {@value #SHOWN} wherever it is
 * turned into text (logs, exception messages, string templates, JSON); the only ways to the text are {@link #reveal()} and
 * {@link #revealLatest()}, so that each place that reads it can be found by that name. {@link #latestFields()} gives secrets.
 *
 * <p>One that {@link Config} read from a file or by reference follows what is there: hand {@code secret::revealLatest} to
 * what connects with it. Where it cannot be read any more, or what is there now is unusable, the last text stays and the log
 * says so, once.
 *
 * <p>Safe for use by several threads. Two secrets are compared in time that does not depend on where they differ, as they were
 * last read.
 *
 * <pre>{@code
 * record MailConfig(Secret databaseUrl, Secret mailPassword) {}
 * var postgres = Postgres.attach(config.databaseUrl()::revealLatest);
 * client.logIn(config.mailPassword().reveal());
 * }</pre>
 */
public final class Secret {
    static final String SHOWN = "***";

    private static final Duration AGE = Duration.ofMinutes(1);
    private static final Duration LATEST = Duration.ofSeconds(1);

    // transient: serialisers that read fields rather than Jackson's annotation pass it over.
    private final transient Text text;

    /** The text of a secret at some moment. */
    interface Text {
        /** As it was last read. */
        String last();

        /** As it was at most {@code age} ago, or longer where it cannot be read. */
        String within(Duration age);
    }

    private record Fixed(String last) implements Text {
        @Override
        public String within(Duration age) {
            return last;
        }

        @Override
        public String toString() {
            return SHOWN;
        }
    }

    private Secret(Text text) {
        this.text = text;
    }

    /** Wraps {@code text}, which stays as it is. */
    public static Secret of(String text) {
        return new Secret(new Fixed(text));
    }

    static Secret following(Text text) {
        return new Secret(text);
    }

    /**
     * The text itself, at most a minute old. Hand it straight to what needs it. Once in a minute, where it follows a file or a
     * reference, one caller reads that anew, for 2 seconds at the most; all others get what is known, at once.
     *
     * <p>It may be another from one call to the next. What has to be the same for several steps, such as a key that signs and
     * then checks, is asked for once and handed on.
     */
    public String reveal() {
        return text.within(AGE);
    }

    /**
     * The text itself, at most a second old: for what is about to log in, and can afford to wait. Reads anew, for 2 seconds at
     * the most, where the last reading is longer ago; while reading fails, it is tried every 15 seconds.
     */
    public String revealLatest() {
        return text.within(LATEST);
    }

    /**
     * The fields of the JSON object that this secret is, as fresh as {@link #revealLatest()} and at the same cost: for a user and
     * a password that change together. All are of one reading, where two secrets that follow may be of two moments.
     *
     * <pre>{@code
     * var login = config.databaseLogin().latestFields(); // aws-secretsmanager:gallery/db, without a field
     * logIn(login.get("username").reveal(), login.get("password").reveal());
     * }</pre>
     */
    public Fields latestFields() {
        return new Fields(revealLatest());
    }

    /** What one reading of a secret says. Stays as it is, so ask for it anew at each login. Prints as {@value #SHOWN}. */
    public static final class Fields {
        private final String document;

        private Fields(String document) {
            this.document = document;
        }

        /**
         * The field of that name.
         *
         * @throws IllegalStateException where there is none with a text, or the secret is no JSON object; without any value
         */
        public Secret get(String name) {
            try {
                return of(new Field.Named(name).of(document));
            } catch (SecretException none) {
                var advice = String.join(" ", none.advice());
                throw new IllegalStateException(("The secret " + none.getMessage() + ". " + advice).strip());
            }
        }

        @Override
        public String toString() {
            return SHOWN;
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret that
                && MessageDigest.isEqual(
                        text.last().getBytes(StandardCharsets.UTF_8),
                        that.text.last().getBytes(StandardCharsets.UTF_8));
    }

    /** The same for every secret: a hash of the text would tell something about it. */
    @Override
    public int hashCode() {
        return Secret.class.hashCode();
    }

    /** {@value #SHOWN}. */
    @Override
    @JsonValue
    public String toString() {
        return SHOWN;
    }
}
