package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.channels.CloseReason;
import dev.coatcheck.state.channels.CloseReason.Draining;
import dev.coatcheck.state.channels.CloseReason.Ended;
import dev.coatcheck.state.channels.CloseReason.Revoked;
import dev.coatcheck.state.channels.CloseReason.TooMany;
import dev.coatcheck.state.channels.CloseReason.TooSlow;
import dev.coatcheck.state.channels.CloseReason.Unsure;

/** Why a WebSocket is closed, as {@link ChannelSocketServlet} tells clients. */
enum CloseCode implements jakarta.websocket.CloseReason.CloseCode {
    ENDED(1001),
    NO_MESSAGE(1003),
    REVOKED(1008),
    FAILED(1011),
    DRAINING(1012),
    STORE_UNAVAILABLE(1013),
    TOO_SLOW(4008),
    UNSURE(4010),
    TOO_MANY(4029);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    @Override
    public int getCode() {
        return code;
    }

    static CloseCode of(CloseReason reason) {
        return switch (reason) {
            case Ended() -> ENDED;
            case Revoked() -> REVOKED;
            case TooSlow() -> TOO_SLOW;
            case Draining(var retryAfter) -> DRAINING;
            case Unsure() -> UNSURE;
            case TooMany() -> TOO_MANY;
        };
    }
}
