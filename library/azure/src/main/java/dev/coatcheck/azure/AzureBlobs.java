package dev.coatcheck.azure;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.BlobCapability;
import dev.coatcheck.state.blobs.BlobDescription;
import dev.coatcheck.state.blobs.BlobKey;
import dev.coatcheck.state.blobs.Blobs;
import dev.coatcheck.state.blobs.Listed;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.blobs.PutResult;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Blobs as block blobs of a container: the key is the blob's name, and what is known of it beside its bytes is its metadata. */
final class AzureBlobs implements Blobs {
    private static final int LONGEST_PAGE = 1_000;
    private static final String ANY_SHA_256 = "0".repeat(64);
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9!\\-_.*'()/]{0,512}");

    private final Container container;
    private final AzureSettings settings;

    AzureBlobs(Container container, AzureSettings settings) {
        this.container = container;
        this.settings = settings;
    }

    @Override
    public Set<BlobCapability> capabilities() {
        var declared = EnumSet.complementOf(EnumSet.of(BlobCapability.OVERLAPPING_WRITES));
        declared.removeAll(settings.lacking());
        return Collections.unmodifiableSet(declared);
    }

    @Override
    public PutResult put(String key, InputStream content, PutOptions options) throws IOException {
        BlobKey.require(key);
        // Refused here rather than after the first block.
        BlobWriter.description(Optional.of(ANY_SHA_256), options);
        if (options.ifAbsent() && stat(key).isPresent()) {
            return new PutResult.Exists();
        }
        return new BlobWriter(container, settings, key, content, options).write();
    }

    @Override
    public ReadResult read(String key, ReadOptions options) {
        if (!canBeThere(key)) {
            return new ReadResult.Missing();
        }
        if (options.ifNoneMatch().isPresent()) {
            // Asked first, since "not modified" says nothing of the blob but its tag.
            var blob = stat(key);
            if (blob.isEmpty()) {
                return new ReadResult.Missing();
            }
            if (options.ifNoneMatch().filter(blob.get().etag()::equals).isPresent()) {
                return new ReadResult.NotModified(blob.get());
            }
        }
        var reader = new BlobReader(container, key, options);
        return reader.open().orElseGet(() -> withoutByte(reader, key, options));
    }

    /** What is to be said of a blob that had no such byte; if it has one now, another was stored meanwhile, and is read. */
    private ReadResult withoutByte(BlobReader reader, String key, ReadOptions options) {
        var blob = stat(key);
        if (blob.isEmpty()) {
            return new ReadResult.Missing();
        }
        if (blob.get().size() <= options.offset()) {
            return BlobReader.withoutByte(blob.get(), options);
        }
        return reader.open()
                .orElseThrow(() -> new BackingServiceException(
                        container.toString(),
                        "read a blob",
                        new IOException("others were stored in its place all the time")));
    }

    @Override
    public Optional<Blob> stat(String key) {
        if (!canBeThere(key)) {
            return Optional.empty();
        }
        return container.ask("look for a blob", Call.blob("HEAD", key), answer -> {
            if (answer.isMissing()) {
                return Optional.empty();
            }
            answer.require(HttpURLConnection.HTTP_OK);
            return Optional.of(blob(key, answer, answer.length()));
        });
    }

    /** Whether it may be asked for: what looks like a path could lead elsewhere, and was never stored here. */
    private static boolean canBeThere(String key) {
        return BlobKey.isKey(BlobKey.requireEverStored(key));
    }

    static Blob blob(String key, Answer answer, long size) throws RefusedException {
        var description = BlobDescription.of(answer.metadata());
        var contentType = answer.headerIfAny("content-type")
                .orElseGet(() -> PutOptions.defaults().contentType());
        return new Blob(
                key, size, contentType, answer.etag(), description.sha256(), answer.storedAt(), description.metadata());
    }

    @Override
    public List<Listed> list(String prefix, String after, int limit) {
        if (limit < 1 || limit > LONGEST_PAGE) {
            throw new IllegalArgumentException("a page has 1 to %d blobs, not %d".formatted(LONGEST_PAGE, limit));
        }
        if (!after.isEmpty()) {
            BlobKey.requireEverStored(after);
        }
        boolean begins = after.startsWith(prefix);
        boolean isPast = !begins && after.compareTo(prefix) > 0;
        if (!PREFIX.matcher(prefix).matches() || isPast) {
            return List.of();
        }
        var found = new ArrayList<Listed>();
        var page = page(prefix, begins ? after : "", "", limit);
        while (true) {
            // What others put there under names that are no keys is not a blob, and leaves the page short.
            page.blobs().stream()
                    .filter(blob -> BlobKey.isKey(blob.key()) && blob.key().compareTo(after) > 0)
                    .limit(limit - (long) found.size())
                    .forEach(found::add);
            if (found.size() == limit || page.next().isEmpty()) {
                return List.copyOf(found);
            }
            // A store that cannot begin where it is told to is read from the prefix on: by as much as it gives at once.
            page = page(prefix, "", page.next(), found.isEmpty() ? LONGEST_PAGE : limit - found.size());
        }
    }

    /** @param from the key to begin with, which need not be there; the empty string for the first, or for what is next */
    private BlobPage page(String prefix, String from, String marker, int limit) {
        var call = Call.list().query("prefix", prefix);
        if (!from.isEmpty()) {
            call.query("startFrom", from);
        }
        if (!marker.isEmpty()) {
            call.query("marker", marker);
        }
        call.query("maxresults", Integer.toString(from.isEmpty() ? limit : limit + 1));
        return container.ask("list blobs", call, BlobPage::of);
    }

    @Override
    public boolean delete(String key) {
        if (!canBeThere(key)) {
            return false;
        }
        // Once: asked again after its answer was lost, it would find nothing and say that nothing had been there.
        return container.askOnce("delete a blob", Call.blob("DELETE", key), answer -> {
            if (answer.isMissing()) {
                return false;
            }
            answer.require(HttpURLConnection.HTTP_ACCEPTED);
            return true;
        });
    }
}
