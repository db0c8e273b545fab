package dev.coatcheck.state.idempotency;

/** What came of recording a response. */
public sealed interface RecordResult {

    /** It is kept, and whoever asks again gets it. */
    record Recorded() implements RecordResult {}

    /** The claim is the caller's no longer: its lease had ended and another has it, or it was abandoned. Nothing changed. */
    record Superseded() implements RecordResult {}

    /**
     * The response is larger than {@link IdempotencySettings#maxResponseBytes()}. Nothing changed, and the claim still is
     * the caller's: record something shorter that says so.
     *
     * @param bytes what it has, in UTF-8
     * @param maxBytes what it may have
     */
    record TooLarge(long bytes, long maxBytes) implements RecordResult {}
}
