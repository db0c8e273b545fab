package dev.coatcheck.state.sessions;

import dev.coatcheck.state.sessions.WholeSession.Parsed;
import dev.coatcheck.state.sessions.WholeSession.Prior;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The bytes of a {@link WholeSession}, few enough for a cookie.
 *
 * <p>The number of the format, then the 32 bytes of the secret's hash: these two stand first in every format, so that any
 * release can end any session. Format 1 goes on: which of the optional parts follow (1 user, 2 label, 4 prior); created at,
 * and from then last seen at, absolute end; idle time-out; writes; user; label; attributes; prior (hash, whether it has a
 * user, last seen at, idle time-out, until, user, attributes). Times are milliseconds. Numbers are of seven bits a byte, the
 * lowest first; texts and lists begin with their length.
 */
final class SessionFormat {
    private static final byte FORMAT = 1;
    private static final int HASH_BYTES = 32;
    private static final int USER = 1;
    private static final int LABEL = 2;
    private static final int PRIOR = 4;

    private SessionFormat() {}

    static byte[] write(WholeSession session) {
        var out = new ByteArrayOutputStream(256);
        var created = session.createdAt();
        out.write(FORMAT);
        hash(out, session.secretHash());
        out.write((session.user().isPresent() ? USER : 0)
                | (session.label().isPresent() ? LABEL : 0)
                | (session.prior().isPresent() ? PRIOR : 0));
        number(out, created.toEpochMilli());
        number(out, millis(created, session.lastSeenAt()));
        number(out, millis(created, session.absoluteEnd()));
        number(out, session.idleTimeout().toMillis());
        number(out, session.writes());
        session.user().ifPresent(user -> text(out, user));
        session.label().ifPresent(label -> text(out, label));
        attributes(out, session.attributes());
        session.prior().ifPresent(prior -> {
            hash(out, prior.secretHash());
            out.write(prior.user().isPresent() ? USER : 0);
            number(out, millis(created, prior.lastSeenAt()));
            number(out, prior.idleTimeout().toMillis());
            number(out, millis(created, prior.until()));
            prior.user().ifPresent(user -> text(out, user));
            attributes(out, prior.attributes());
        });
        return out.toByteArray();
    }

    static Parsed read(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        try {
            byte format = in.get();
            var secretHash = hash(in);
            if (format > FORMAT) {
                return new Parsed.Newer(secretHash);
            }
            return format == FORMAT ? new Parsed.Known(session(secretHash, in)) : new Parsed.Damaged();
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException | DateTimeException e) {
            return new Parsed.Damaged();
        }
    }

    private static WholeSession session(String secretHash, ByteBuffer in) {
        int parts = in.get();
        var created = Instant.ofEpochMilli(number(in));
        var lastSeen = created.plusMillis(number(in));
        var absoluteEnd = created.plusMillis(number(in));
        var idle = Duration.ofMillis(number(in));
        long writes = number(in);
        var user = optional(parts, USER, in);
        var label = optional(parts, LABEL, in);
        var attributes = attributes(in);
        var prior = (parts & PRIOR) == 0 ? Optional.<Prior>empty() : Optional.of(prior(created, in));
        return new WholeSession(
                secretHash, user, label, created, lastSeen, idle, absoluteEnd, writes, attributes, prior);
    }

    private static Prior prior(Instant created, ByteBuffer in) {
        var secretHash = hash(in);
        int parts = in.get();
        var lastSeen = created.plusMillis(number(in));
        var idle = Duration.ofMillis(number(in));
        var until = created.plusMillis(number(in));
        return new Prior(secretHash, optional(parts, USER, in), lastSeen, idle, attributes(in), until);
    }

    private static long millis(Instant created, Instant moment) {
        return moment.toEpochMilli() - created.toEpochMilli();
    }

    private static void attributes(ByteArrayOutputStream out, Map<String, Attribute> attributes) {
        number(out, attributes.size());
        attributes.forEach((name, attribute) -> {
            text(out, name);
            number(out, attribute.version());
            text(out, attribute.json());
        });
    }

    private static Map<String, Attribute> attributes(ByteBuffer in) {
        var attributes = new HashMap<String, Attribute>();
        for (long left = number(in); left > 0; left--) {
            var name = text(in);
            long version = number(in);
            attributes.put(name, new Attribute(text(in), version));
        }
        return attributes;
    }

    private static void hash(ByteArrayOutputStream out, String hash) {
        out.writeBytes(Base64.getUrlDecoder().decode(hash));
    }

    private static String hash(ByteBuffer in) {
        var hash = new byte[HASH_BYTES];
        in.get(hash);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    }

    private static Optional<String> optional(int parts, int part, ByteBuffer in) {
        return (parts & part) == 0 ? Optional.empty() : Optional.of(text(in));
    }

    private static void text(ByteArrayOutputStream out, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        number(out, bytes.length);
        out.writeBytes(bytes);
    }

    private static String text(ByteBuffer in) {
        long length = number(in);
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        var bytes = new byte[(int) length];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void number(ByteArrayOutputStream out, long number) {
        long rest = number;
        while ((rest & ~0x7FL) != 0) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    private static long number(ByteBuffer in) {
        long number = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = in.get();
            number |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                if (number < 0) {
                    break;
                }
                return number;
            }
        }
        throw new IllegalArgumentException("not a number");
    }
}
