package dev.coatcheck.state.blobs;

import java.io.IOException;
import java.io.InputStream;

/** What came of opening a blob. */
public sealed interface ReadResult {

    /**
     * The bytes, which the caller reads and then closes.
     *
     * <p>They are those of one moment: a blob that is replaced or deleted meanwhile does not mix into them. A store
     * that fails in the middle is an {@link IOException} from the stream.
     *
     * @param blob of the whole blob, also where only a part of it is read
     * @param offset of the first byte of {@code content}
     * @param length of {@code content}
     */
    record Found(Blob blob, long offset, long length, InputStream content) implements ReadResult, AutoCloseable {
        @Override
        public void close() throws IOException {
            content.close();
        }
    }

    /** The caller already has these bytes. */
    record NotModified(Blob blob) implements ReadResult {}

    /** There is no such blob. */
    record Missing() implements ReadResult {}

    /** The blob has no byte at the offset; an empty blob is found from 0 all the same. */
    record OutOfRange(Blob blob) implements ReadResult {}
}
