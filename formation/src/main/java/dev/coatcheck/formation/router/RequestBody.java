package dev.coatcheck.formation.router;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;

/** The body of a request, by how it can be sent to an instance, and whether to another one after that. */
sealed interface RequestBody {

    /** Whether the whole body can be sent from its beginning, now. */
    boolean isReplayable();

    /** There is no body. */
    record None() implements RequestBody {
        @Override
        public boolean isReplayable() {
            return true;
        }
    }

    /** The whole body is in memory; {@code content} is positioned at its beginning and never moved. */
    record Buffered(ByteBuffer content) implements RequestBody {
        @Override
        public boolean isReplayable() {
            return true;
        }
    }

    /** The body is read while it is sent, after what had arrived when it was first looked at. */
    final class Streamed implements RequestBody {
        private final @Nullable ByteBuffer arrived;
        private final StreamSourceChannel rest;
        private boolean begun;

        Streamed(@Nullable ByteBuffer arrived, StreamSourceChannel rest) {
            this.arrived = arrived;
            this.rest = rest;
        }

        @Override
        public boolean isReplayable() {
            return !begun;
        }

        @Nullable
        ByteBuffer arrived() {
            return arrived == null ? null : arrived.duplicate();
        }

        int arrivedBytes() {
            return arrived == null ? 0 : arrived.remaining();
        }

        StreamSourceChannel rest() {
            return rest;
        }

        /** More than what had arrived was taken from the client, and is gone once it is sent. */
        void begun() {
            begun = true;
        }
    }
}
