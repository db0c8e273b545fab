package dev.coatcheck.formation.router;

import java.nio.ByteBuffer;

/**
 * Where in a stream of WebSocket frames (RFC 6455, section 5.2) its bytes have got to: whether a frame has just ended,
 * so that another one may be put in, and whether the last word has been said. Looks at the heads of frames alone; what
 * is between them is skipped, not read.
 */
final class WebSocketFrames {
    static final int GOING_AWAY = 1001;
    static final int SERVICE_RESTART = 1012;
    private static final int CLOSE = 8;

    private long payload;
    private int headRead;
    private int lengthEnds;
    private int headLength;
    private int opcode;
    private long length;
    private boolean closeSeen;

    /** What a server says to end a WebSocket: a frame without a word of its own. */
    static ByteBuffer close(int code) {
        return ByteBuffer.wrap(new byte[] {(byte) (0x80 | CLOSE), 2, (byte) (code >> 8), (byte) code});
    }

    /** Takes note of bytes that are passed on; the buffer stays as it is. */
    void passed(ByteBuffer bytes) {
        int at = bytes.position();
        int end = bytes.limit();
        while (at < end) {
            if (payload > 0) {
                int skipped = (int) Math.min(payload, end - at);
                payload -= skipped;
                at += skipped;
            } else {
                head(bytes.get(at++) & 0xff);
            }
        }
    }

    private void head(int octet) {
        switch (headRead++) {
            case 0 -> {
                opcode = octet & 0x0f;
                headLength = 2;
            }
            case 1 -> {
                int announced = octet & 0x7f;
                int mask = octet >= 0x80 ? 4 : 0;
                int extended = announced == 126 ? 2 : announced == 127 ? 8 : 0;
                length = extended == 0 ? announced : 0;
                lengthEnds = 2 + extended;
                headLength = 2 + extended + mask;
            }
            default -> {
                if (headRead <= lengthEnds) {
                    length = length << 8 | octet;
                }
            }
        }
        if (headRead == headLength && headRead >= 2) {
            headRead = 0;
            payload = Math.max(0, length);
            closeSeen |= opcode == CLOSE;
        }
    }

    /** Whether what has passed ends with the end of a frame, and is not the end of all. */
    boolean mayAddFrame() {
        return headRead == 0 && payload == 0 && !closeSeen;
    }
}
