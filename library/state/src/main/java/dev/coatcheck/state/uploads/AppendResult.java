package dev.coatcheck.state.uploads;

import java.time.Duration;

/** What came of appending. */
public sealed interface AppendResult {

    /** All of it is kept. */
    record Appended(Upload upload) implements AppendResult {}

    /** The upload goes on elsewhere: at {@code offset}. Nothing was read. */
    record WrongOffset(long offset) implements AppendResult {}

    /**
     * Another writer is at it. Nothing was read.
     *
     * @param retryAfter when its lease ends, if nothing more comes from it
     */
    record Busy(Duration retryAfter) implements AppendResult {}

    /** Another writer took the place of this one, from which nothing had come for so long. It goes on from what is kept. */
    record Superseded() implements AppendResult {}

    /**
     * There were more bytes than the upload may have. What is kept of them is less than that; nothing, where a checksum was
     * given.
     */
    record TooLarge(long maxBytes) implements AppendResult {}

    /** The bytes are not those that were announced. None of them is kept. */
    record ChecksumMismatch() implements AppendResult {}

    /** The upload has another length, or more bytes already than that. Nothing was read. */
    record WrongLength() implements AppendResult {}

    /** There is no such upload: there never was, it has expired, or it was given up. */
    record Missing() implements AppendResult {}
}
