package dev.coatcheck.formation.router;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.HeadFrames;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.server.protocol.framed.FrameHeaderData;
import io.undertow.server.protocol.http2.Http2OpenListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.StreamConnection;

/**
 * A connection on which a stream begins when its head has arrived as a whole. Undertow waits for the CONTINUATION frames of a
 * head only where the next has begun to arrive by then; else it hands on the part that there is, as if it were all, and
 * the request would reach an instance without the rest of its fields.
 */
final class WholeHeadChannel extends Http2Channel {
    WholeHeadChannel(
            StreamConnection connection, ByteBufferPool buffers, @Nullable PooledByteBuffer read, OptionMap options) {
        super(connection, Http2OpenListener.HTTP2, buffers, read, false, false, options);
    }

    @Override
    protected @Nullable FrameHeaderData parseFrame(ByteBuffer data) throws IOException {
        FrameHeaderData frame = super.parseFrame(data);
        return frame != null && HeadFrames.isUnfinished(frame) ? null : frame;
    }
}
