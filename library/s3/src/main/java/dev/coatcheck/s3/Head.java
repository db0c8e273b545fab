package dev.coatcheck.s3;

import dev.coatcheck.state.uploads.UploadFormat;
import dev.coatcheck.state.uploads.UploadRecord;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * All that is known of an upload beside its bytes, and where those are: an object that is replaced as a whole.
 *
 * @param upload what every store keeps of it
 * @param token another one in every head that was ever written, so that no two of them have the same ETag
 * @param writtenAt by the clock of the process that wrote this
 * @param stage how far it is
 * @param multipart the store's name for its parts, from the first full chunk on, if it is to become a blob
 * @param parts the numbers of its full chunks; also of such as lie behind the offset, and do not count yet
 * @param nextPart which number nobody has used, who may still be writing
 * @param tails objects that hold the beginning of a chunk, the newest last
 * @param blob what it has become
 */
record Head(
        UploadRecord upload,
        String token,
        Instant writtenAt,
        Stage stage,
        Optional<String> multipart,
        PartNumbers parts,
        int nextPart,
        List<Tail> tails,
        Optional<Ended> blob) {

    /** Of bytes that no process has seen. */
    static final String NO_DIGEST = "";

    /** The first part of an upload that goes directly to the store. */
    static final String FIRST = "first";

    private static final String FORMAT = "1";

    enum Stage {
        /** Bytes are appended. */
        OPEN,
        /** All its parts are there and known, to be put together. */
        SEALED,
        /** It has become a blob. */
        FINISHED,
        /** It is gone, and what it has left in the store is on its way out. */
        REMOVED
    }

    /** The beginning of a chunk, in an object of this name. */
    record Tail(long chunk, int length, String name) {
        static Tail of(long chunk, int length) {
            return new Tail(chunk, length, UUID.randomUUID().toString());
        }

        private static Tail parse(String text) {
            var fields = text.split(":", 3);
            return new Tail(Long.parseLong(fields[0]), Integer.parseInt(fields[1]), fields[2]);
        }

        private String text() {
            return chunk + ":" + length + ":" + name;
        }
    }

    /** What only the store could say of the blob. */
    record Ended(String etag, Optional<String> sha256, Instant storedAt) {}

    static Head of(UploadRecord upload) {
        return new Head(
                upload,
                "",
                Instant.EPOCH,
                Stage.OPEN,
                Optional.empty(),
                PartNumbers.NONE,
                1,
                List.of(),
                Optional.empty());
    }

    /** How many bytes it has. */
    long length() {
        return isDirect() ? upload.begun().length().orElseThrow() : upload.offset();
    }

    /** How many full chunks lie before the offset. */
    int fullChunks() {
        return Math.toIntExact(upload.offset() / upload.chunkSize());
    }

    /** How many bytes lie before the offset in the chunk that it lies in. */
    int tailLength() {
        return Math.toIntExact(upload.offset() % upload.chunkSize());
    }

    /** Where those bytes are: the newest object that holds them, as an older one may hold others behind them. */
    Optional<Tail> tail() {
        return tails.reversed().stream()
                .filter(tail -> tail.chunk() == fullChunks() && tail.length() >= tailLength() && tailLength() > 0)
                .findFirst();
    }

    /** Whether browsers store its parts: it is none of those that processes append to. */
    boolean isDirect() {
        return upload.digest().equals(NO_DIGEST);
    }

    /** The names of the objects beside this one that hold bytes. */
    Set<String> pieces() {
        if (isDirect()) {
            return Set.of(FIRST);
        }
        var names = tails.stream().map(Tail::name);
        // What is not to be a blob by itself has no parts, but objects of these numbers.
        return (upload.begun().key().isPresent()
                        ? names
                        : Stream.concat(names, parts.numbers().stream().map(number -> "" + number)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** With another record, written by who wrote this one, or after that was given back. */
    Head with(UploadRecord next) {
        return with(next, parts, nextPart, tails);
    }

    /**
     * With the record of who takes the place of a writer that has not given it back, and may still be writing: the number that
     * it may be using is left to it.
     */
    Head supersededBy(UploadRecord next) {
        return with(next, parts, nextPart + 1, tails);
    }

    /** With another record, and a full chunk under the next number. */
    Head withPart(UploadRecord next, long chunk) {
        return with(next, parts.first(chunk).with(nextPart), nextPart + 1, tails);
    }

    /** With another record, and the beginning of a chunk. */
    Head withTail(UploadRecord next, Tail tail) {
        var newest = Stream.concat(tails.stream(), Stream.of(tail)).toList();
        return with(next, parts.first(tail.chunk()), nextPart, newest);
    }

    private Head with(UploadRecord next, PartNumbers numbers, int following, List<Tail> all) {
        var head = new Head(next, token, writtenAt, stage, multipart, numbers, following, all, blob);
        if (stage != Stage.OPEN) {
            return head;
        }
        var needed = head.tail();
        var kept = all.stream()
                .filter(tail -> needed.filter(tail::equals).isPresent()
                        // What lies behind the offset may come to count as long as its writer goes on.
                        || (next.isBeingWritten() && tail.equals(all.getLast()) && tail.chunk() >= head.fullChunks()))
                .toList();
        var counting = next.isBeingWritten() ? numbers : numbers.first(head.fullChunks());
        return new Head(next, token, writtenAt, stage, multipart, counting, following, kept, blob);
    }

    Head inParts(String name) {
        return new Head(upload, token, writtenAt, stage, Optional.of(name), parts, nextPart, tails, blob);
    }

    /** To be put together of these parts. */
    Head sealed(String name, PartNumbers all) {
        return new Head(
                upload, token, writtenAt, Stage.SEALED, Optional.of(name), all, nextPart + 1, tails, Optional.empty());
    }

    Head finished(Ended as) {
        return new Head(
                upload,
                token,
                writtenAt,
                Stage.FINISHED,
                Optional.empty(),
                PartNumbers.NONE,
                nextPart,
                List.of(),
                Optional.of(as));
    }

    Head removed() {
        return new Head(upload, token, writtenAt, Stage.REMOVED, multipart, parts, nextPart, tails, Optional.empty());
    }

    /** As it is written now. */
    Head stamped() {
        var random = UUID.randomUUID().toString();
        return new Head(upload, random, Instant.now(), stage, multipart, parts, nextPart, tails, blob);
    }

    String text() {
        var fields = new Properties();
        fields.put("format", FORMAT);
        fields.put("upload", UploadFormat.write(upload));
        fields.put("token", token);
        fields.put("writtenAt", writtenAt.toString());
        fields.put("stage", stage.name());
        fields.put("parts", parts.text());
        fields.put("nextPart", "" + nextPart);
        fields.put("tails", tails.stream().map(Tail::text).collect(Collectors.joining(" ")));
        multipart.ifPresent(name -> fields.put("multipart", name));
        blob.ifPresent(ended -> {
            fields.put("etag", ended.etag());
            ended.sha256().ifPresent(sha256 -> fields.put("sha256", sha256));
            fields.put("storedAt", ended.storedAt().toString());
        });
        var text = new StringWriter();
        try {
            fields.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return text.toString();
    }

    /**
     * Reads what {@link #text()} wrote.
     *
     * @throws IllegalArgumentException where it is nothing that this release reads
     */
    static Head read(String text) {
        var fields = new Properties();
        try {
            fields.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
        if (!FORMAT.equals(fields.getProperty("format"))) {
            throw new IllegalArgumentException("an upload in a format that this release does not read");
        }
        try {
            return read(fields);
        } catch (DateTimeException | NullPointerException e) {
            throw new IllegalArgumentException("the head of an upload is damaged", e);
        }
    }

    private static Head read(Properties fields) {
        var blob = Optional.ofNullable(fields.getProperty("etag"))
                .map(etag -> new Ended(
                        etag,
                        Optional.ofNullable(fields.getProperty("sha256")),
                        Instant.parse(fields.getProperty("storedAt"))));
        return new Head(
                UploadFormat.read(fields.getProperty("upload")),
                Objects.requireNonNull(fields.getProperty("token")),
                Instant.parse(fields.getProperty("writtenAt")),
                Stage.valueOf(fields.getProperty("stage")),
                Optional.ofNullable(fields.getProperty("multipart")),
                PartNumbers.parse(fields.getProperty("parts")),
                Integer.parseInt(fields.getProperty("nextPart")),
                tails(fields.getProperty("tails")),
                blob);
    }

    private static List<Tail> tails(String text) {
        return Arrays.stream(text.split(" ", -1))
                .filter(tail -> !tail.isEmpty())
                .map(Tail::parse)
                .toList();
    }
}
