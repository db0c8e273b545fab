package dev.coatcheck.state.uploads;

/** What came of joining parts to a whole. */
public sealed interface JoinResult {

    /** The parts are gone, and the whole is this upload, which is finished. */
    record Joined(Upload upload) implements JoinResult {}

    /** There is no such part. Nothing was joined. */
    record PartMissing(UploadId part) implements JoinResult {}

    /** Not all of its bytes have come, or it was not said how many there are. Nothing was joined. */
    record PartIncomplete(UploadId part) implements JoinResult {}

    /** Together they have more bytes than are allowed. Nothing was joined; the parts are still there. */
    record TooLarge(long maxBytes) implements JoinResult {}

    /** The whole could not be finished: what {@link Uploads#finish} would say. The parts are still there. */
    record NotFinished(FinishResult why) implements JoinResult {}
}
