package dev.coatcheck.process.config;

import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;

/**
 * A text that must not be seen: a password, a key, a URL that carries one. It prints as {@value #SHOWN} wherever it is
 * turned into text (logs, exception messages, string templates, JSON); the only ways to the text are {@link #reveal()} and
 * {@link #revealLatest()}, so that each place that reads it can be found by that name.
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
