package dev.coatcheck.azure;

import dev.coatcheck.state.blobs.Blob;
import dev.coatcheck.state.blobs.ReadOptions;
import dev.coatcheck.state.blobs.ReadResult;
import dev.coatcheck.state.blobs.ReadResult.Found;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.util.Optional;
import java.util.regex.Pattern;

/** Opens one blob. */
final class BlobReader {
    /** Such as "bytes 0-9/3145828". */
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");

    private final Container container;
    private final String key;
    private final ReadOptions options;

    BlobReader(Container container, String key, ReadOptions options) {
        this.container = container;
        this.key = key;
        this.options = options;
    }

    /** Asks for it; empty where it has no such byte. */
    Optional<ReadResult> open() {
        var call = Call.blob("GET", key);
        range().ifPresent(range -> call.header("x-ms-range", range));
        return container.ask("read a blob", call, answer -> {
            if (answer.isMissing()) {
                return Optional.of(new ReadResult.Missing());
            }
            if (answer.status() == Answer.RANGE_NOT_SATISFIABLE || isNothing(answer)) {
                return Optional.empty();
            }
            return Optional.of(found(answer));
        });
    }

    /** What is to be said of a blob that has no such byte. */
    static ReadResult withoutByte(Blob blob, ReadOptions options) {
        return blob.size() == 0 && options.offset() == 0
                ? new Found(blob, 0, 0, InputStream.nullInputStream())
                : new ReadResult.OutOfRange(blob);
    }

    private Optional<String> range() {
        long offset = options.offset();
        if (offset == 0 && options.length().isEmpty()) {
            return Optional.empty();
        }
        long last = offset + options.length().orElse(0) - 1;
        return Optional.of("bytes=" + offset + "-" + (options.length().isEmpty() || last < offset ? "" : last));
    }

    /** How Azurite says that a blob ends where a range begins. */
    private static boolean isNothing(Answer answer) throws RefusedException {
        return answer.status() == HttpURLConnection.HTTP_PARTIAL && answer.length() == 0;
    }

    private Found found(Answer answer) throws RefusedException {
        boolean isWhole = range().isEmpty();
        answer.require(isWhole ? HttpURLConnection.HTTP_OK : HttpURLConnection.HTTP_PARTIAL);
        long length = answer.length();
        var blob = AzureBlobs.blob(key, answer, isWhole ? length : size(answer));
        return new Found(blob, options.offset(), length, answer.take());
    }

    /** Of the whole blob, if the answer is the range that was asked for. */
    private long size(Answer answer) throws RefusedException {
        var range = CONTENT_RANGE.matcher(answer.header("content-range"));
        if (!range.matches() || Long.parseLong(range.group(1)) != options.offset()) {
            throw answer.refused(" with another range than was asked for");
        }
        return Long.parseLong(range.group(2));
    }
}
