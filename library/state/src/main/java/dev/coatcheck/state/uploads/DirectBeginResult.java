package dev.coatcheck.state.uploads;

/** What came of beginning an upload whose parts go directly to the store. */
public sealed interface DirectBeginResult {

    /** Every process can give leave for its parts from now on. */
    record Begun(DirectUpload upload) implements DirectBeginResult {}

    /** It is to have more bytes than are allowed. Nothing was begun. */
    record TooLarge(long maxBytes) implements DirectBeginResult {}
}
