package dev.coatcheck.state.uploads;

/** What came of beginning an upload. */
public sealed interface BeginResult {

    /** Every process can append to it from now on. */
    record Begun(Upload upload) implements BeginResult {}

    /** It is to have more bytes than are allowed. Nothing was begun. */
    record TooLarge(long maxBytes) implements BeginResult {}
}
