package dev.coatcheck.memcached;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What one item of a cache holds: what was kept, and who is loading, each if there is any.
 *
 * <p>Its bytes: the number of the format, 1; then for each of the two whether it is there, and its parts in the order of
 * their declaration. Times are milliseconds of the server's clock; a text begins with its length.
 */
record CacheItem(Optional<Kept> kept, Optional<Loading> loading) {
    private static final byte FORMAT = 1;
    private static final CacheItem EMPTY = new CacheItem(Optional.empty(), Optional.empty());

    /** @param versions of the entry's tags, in their order, with blanks between them */
    record Kept(Optional<String> value, String versions, long loadMillis, Instant freshUntil, Instant serveUntil) {}

    record Loading(String token, String versions, Instant until) {}

    static CacheItem empty() {
        return EMPTY;
    }

    /** When nobody asks for any of it any more. */
    Instant until(Instant now) {
        return Stream.concat(
                        kept.stream().map(Kept::serveUntil), loading.stream().map(Loading::until))
                .max(Instant::compareTo)
                .orElse(now);
    }

    byte[] toBytes() {
        var bytes = new ByteArrayOutputStream(256);
        try (var out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeBoolean(kept.isPresent());
            if (kept.isPresent()) {
                var entry = kept.get();
                out.writeBoolean(entry.value.isPresent());
                text(out, entry.value.orElse(""));
                text(out, entry.versions);
                out.writeLong(entry.loadMillis);
                out.writeLong(entry.freshUntil.toEpochMilli());
                out.writeLong(entry.serveUntil.toEpochMilli());
            }
            out.writeBoolean(loading.isPresent());
            if (loading.isPresent()) {
                var load = loading.get();
                text(out, load.token);
                text(out, load.versions);
                out.writeLong(load.until.toEpochMilli());
            }
            return bytes.toByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory", e);
        }
    }

    /** What the bytes hold; nothing where another release or somebody else wrote them. */
    static CacheItem parse(byte[] bytes) {
        try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != FORMAT) {
                return EMPTY;
            }
            Optional<Kept> kept = Optional.empty();
            if (in.readBoolean()) {
                boolean isThere = in.readBoolean();
                var value = text(in);
                kept = Optional.of(new Kept(
                        isThere ? Optional.of(value) : Optional.empty(),
                        text(in),
                        in.readLong(),
                        Instant.ofEpochMilli(in.readLong()),
                        Instant.ofEpochMilli(in.readLong())));
            }
            Optional<Loading> loading = Optional.empty();
            if (in.readBoolean()) {
                loading = Optional.of(new Loading(text(in), text(in), Instant.ofEpochMilli(in.readLong())));
            }
            return new CacheItem(kept, loading);
        } catch (IOException e) {
            return EMPTY;
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String text(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("a text that does not end");
        }
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
