package dev.coatcheck.servlet;

import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.WholeSession;
import dev.coatcheck.state.sessions.WholeSession.Parsed;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/** What is sealed: a session and its id, as 16 bytes of the handle, 32 of the secret, and the session's own bytes. */
record SealedContent(SessionId id, WholeSession session) {
    private static final int HANDLE_BYTES = 16;
    private static final int ID_BYTES = HANDLE_BYTES + 32;

    byte[] toBytes() {
        var decoder = Base64.getUrlDecoder();
        var bytes = session.toBytes();
        return ByteBuffer.allocate(ID_BYTES + bytes.length)
                .put(decoder.decode(id.handle()))
                .put(decoder.decode(id.secret()))
                .put(bytes)
                .array();
    }

    /** Empty where a newer release sealed it: the visitor goes on as a new one, since there is no store to ask. */
    static Optional<SealedContent> parse(byte[] bytes) {
        if (bytes.length < ID_BYTES) {
            return Optional.empty();
        }
        var encoder = Base64.getUrlEncoder().withoutPadding();
        var id = new SessionId(
                encoder.encodeToString(Arrays.copyOf(bytes, HANDLE_BYTES)),
                encoder.encodeToString(Arrays.copyOfRange(bytes, HANDLE_BYTES, ID_BYTES)));
        return switch (WholeSession.parse(Arrays.copyOfRange(bytes, ID_BYTES, bytes.length))) {
            case Parsed.Known(var session) -> Optional.of(new SealedContent(id, session));
            case Parsed.Newer newer -> Optional.empty();
            case Parsed.Damaged damaged -> Optional.empty();
        };
    }
}
