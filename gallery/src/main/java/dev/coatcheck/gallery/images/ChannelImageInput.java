package dev.coatcheck.gallery.images;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import javax.imageio.stream.ImageInputStreamImpl;
import org.jspecify.annotations.Nullable;

/** A file for Image I/O that needs no name, only a channel. Does not close the channel. */
final class ChannelImageInput extends ImageInputStreamImpl {
    private final SeekableByteChannel channel;
    private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).limit(0);
    private long bufferStart;
    private @Nullable IOException failure;

    ChannelImageInput(SeekableByteChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read() throws IOException {
        checkClosed();
        bitOffset = 0;
        if (!fill()) {
            return -1;
        }
        streamPos++;
        return buffer.get() & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        checkClosed();
        bitOffset = 0;
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int read = Math.min(length, buffer.remaining());
        buffer.get(bytes, offset, read);
        streamPos += read;
        return read;
    }

    /** Throws what the file could not be read for, whatever a decoder has made of that. */
    void requireIntact() throws IOException {
        if (failure != null) {
            throw failure;
        }
    }

    /** Makes the byte at the stream's position the buffer's next; false at the end of the file. */
    private boolean fill() throws IOException {
        long within = streamPos - bufferStart;
        if (within >= 0 && within < buffer.limit()) {
            buffer.position((int) within);
            return true;
        }
        try {
            channel.position(streamPos);
            int read = channel.read(buffer.clear());
            buffer.flip();
            bufferStart = streamPos;
            return read > 0;
        } catch (IOException e) {
            buffer.limit(0);
            failure = e;
            throw e;
        }
    }

    @Override
    public long length() {
        try {
            return channel.size();
        } catch (IOException e) {
            return -1; // not known, as the interface has it
        }
    }
}
