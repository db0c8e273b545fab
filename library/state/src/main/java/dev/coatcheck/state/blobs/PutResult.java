package dev.coatcheck.state.blobs;

/** What came of storing a blob. Only {@link Stored} changed anything that a reader can see. */
public sealed interface PutResult {

    /** Every process now reads these bytes under this key. */
    record Stored(Blob blob) implements PutResult {}

    /** There was a blob under this key already, and it was to stay. */
    record Exists() implements PutResult {}

    /** The stream had more bytes than were allowed. */
    record TooLarge(long maxBytes) implements PutResult {}

    /** The bytes that came are not those that were announced. */
    record ChecksumMismatch(String expected, String actual) implements PutResult {}
}
