package io.undertow.protocols.http2;

import io.undertow.server.protocol.framed.FrameHeaderData;
import org.jspecify.annotations.NullMarked;

/** Tells of a frame what Undertow shows within this package alone, and so is the one door into it. */
@NullMarked
public final class HeadFrames {
    private HeadFrames() {}

    /** Whether the frame begins or goes on with a head of which more has yet to come. */
    public static boolean isUnfinished(FrameHeaderData frame) {
        return frame instanceof Http2FrameHeaderParser parsed && parsed.getContinuationParser() != null;
    }
}
