package dev.coatcheck.state.uploads;

import dev.coatcheck.state.blobs.Blob;
import java.time.Duration;

/** What came of finishing an upload. Only {@link Stored} changed anything that a reader of blobs can see. */
public sealed interface FinishResult {

    /** Every process reads the blob, or did when the upload was finished for the first time. */
    record Stored(Blob blob) implements FinishResult {}

    /** There was a blob under the key already, and it was to stay. The upload is gone. */
    record Exists() implements FinishResult {}

    /** The bytes are not those that were announced. The upload is gone. */
    record ChecksumMismatch(String expected, String actual) implements FinishResult {}

    /** The bytes do not begin as those of the type do that was declared. The upload is gone. */
    record WrongType(String contentType) implements FinishResult {}

    /** Not all of its bytes have come. */
    record Incomplete(long offset, long length) implements FinishResult {}

    /** Somebody is still writing, or finishes it. */
    record Busy(Duration retryAfter) implements FinishResult {}

    /** There is no such upload. */
    record Missing() implements FinishResult {}
}
