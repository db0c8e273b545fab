package dev.coatcheck.azure;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobDescription;
import dev.coatcheck.state.blobs.BlobParts;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.PutResult.Stored;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Optional;

/**
 * Stores one stream: in one request where it is smaller than a block, and in blocks otherwise, one of which is in memory at a
 * time.
 */
final class BlobWriter {
    /** What Azure takes of metadata. */
    private static final int MOST_METADATA_BYTES = 8_192;

    private final Container container;
    private final String key;
    private final PutOptions options;
    private final int blockBytes;
    private final long maxBytes;
    private final BlobParts parts;

    BlobWriter(Container container, AzureSettings settings, String key, InputStream content, PutOptions options) {
        this.container = container;
        this.key = key;
        this.options = options;
        this.blockBytes = settings.blockBytes();
        this.maxBytes = Math.min(options.maxBytes(), (long) blockBytes * BlockList.MOST_BLOCKS);
        this.parts = new BlobParts(content, blockBytes, maxBytes);
    }

    /**
     * What is to be known of a blob besides its bytes, as metadata.
     *
     * @throws IllegalArgumentException where it is more than the store takes
     */
    static String description(Optional<String> sha256, PutOptions options) {
        return new BlobDescription(sha256, options.metadata()).toText(MOST_METADATA_BYTES);
    }

    PutResult write() throws IOException {
        int length = parts.next();
        if (parts.isTooLong()) {
            return new PutResult.TooLarge(maxBytes);
        }
        return length < blockBytes ? writeWhole() : writeInBlocks();
    }

    private PutResult writeWhole() {
        var sha256 = parts.sha256();
        if (isOther(sha256)) {
            return mismatch(sha256);
        }
        var call = describing(Call.blob("PUT", key), sha256).header("x-ms-blob-type", "BlockBlob");
        return store("store a blob", call.body(lastPart(), parts.md5()), sha256);
    }

    /** Blocks that do not become a blob are nobody's, and gone after a week: the store sees to that. */
    private PutResult writeInBlocks() throws IOException {
        var blocks = new BlockList();
        for (int length = blockBytes; length > 0; length = parts.next()) {
            if (parts.isTooLong()) {
                return new PutResult.TooLarge(maxBytes);
            }
            var call = Call.blob("PUT", key).query("comp", "block").query("blockid", blocks.add());
            container.ask(
                    "store a block of a blob",
                    call.body(lastPart(), parts.md5()),
                    answer -> answer.require(HttpURLConnection.HTTP_CREATED));
        }
        var sha256 = parts.sha256();
        if (isOther(sha256)) {
            return mismatch(sha256);
        }
        var call = describing(Call.blob("PUT", key), sha256).query("comp", "blocklist");
        return store(
                "put the blocks of a blob together",
                call.body(BodyPublishers.ofByteArray(blocks.xml()), blocks.md5()),
                sha256);
    }

    /** With what is said of the whole blob, which is known at its end. */
    private Call describing(Call call, String sha256) {
        if (options.ifAbsent()) {
            call.header("if-none-match", "*");
        }
        return call.header("x-ms-blob-content-type", options.contentType())
                .header("x-ms-meta-" + BlobDescription.NAME, description(Optional.of(sha256), options));
    }

    /** Makes the request that makes the blob. */
    private PutResult store(String attempt, Call call, String sha256) {
        Container.Reading<PutResult> reading = answer -> {
            if (options.ifAbsent() && answer.isThere()) {
                return new PutResult.Exists();
            }
            if (answer.code().equals("InvalidBlockList")) {
                if (options.ifAbsent() && isThereNow()) {
                    return new PutResult.Exists();
                }
                throw answer.refused(": another stored or deleted a blob under this key meanwhile, and with that the"
                        + " store gave up the blocks of this one; store it again");
            }
            return stored(answer.require(HttpURLConnection.HTTP_CREATED), sha256);
        };
        // Once: made again after its answer was lost, it would find there what it had stored itself.
        return options.ifAbsent() ? container.askOnce(attempt, call, reading) : container.ask(attempt, call, reading);
    }

    /** The list may be looked at before the condition is; and the blob that took the blocks away may be deleted again. */
    private boolean isThereNow() {
        return container.ask("look for a blob", Call.blob("HEAD", key), answer -> {
            if (answer.isMissing()) {
                return false;
            }
            answer.require(HttpURLConnection.HTTP_OK);
            return true;
        });
    }

    /** As often as it is asked for. */
    private BodyPublisher lastPart() {
        return parts.length() == 0
                ? BodyPublishers.noBody()
                : BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(parts::part), parts.length());
    }

    private boolean isOther(String sha256) {
        return !options.sha256().orElse(sha256).equals(sha256);
    }

    private PutResult mismatch(String sha256) {
        return new PutResult.ChecksumMismatch(options.sha256().orElseThrow(), sha256);
    }

    private Stored stored(Answer answer, String sha256) throws RefusedException {
        return new Stored(new Blob(
                key,
                parts.size(),
                options.contentType(),
                answer.etag(),
                Optional.of(sha256),
                answer.storedAt(),
                options.metadata()));
    }
}
