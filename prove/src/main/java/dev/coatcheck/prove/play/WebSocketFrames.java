package dev.coatcheck.prove.play;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Takes one direction of a WebSocket (RFC 6455) apart, in whatever pieces its bytes come, masked or not. No extension is
 * understood. For one thread.
 *
 * {@snippet :
 * WebSocketFrames frames = new WebSocketFrames((opcode, content) -> System.out.println(content.length));
 * frames.take(buffer, in.read(buffer));
 * }
 */
public final class WebSocketFrames {
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    /** What is held in memory of one message. */
    public static final int LARGEST = 16 << 20;

    private static final int CONTINUATION = 0;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int SHORTEST_BUFFER = 1024;

    private final Handler handler;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private byte[] pending = new byte[SHORTEST_BUFFER];
    private int length;
    private int kind = TEXT;

    /** Is given each message, whole, and each frame that is about the connection. */
    @FunctionalInterface
    public interface Handler {
        void take(int opcode, byte[] content) throws IOException;
    }

    public WebSocketFrames(Handler handler) {
        this.handler = handler;
    }

    /**
     * Takes the next bytes.
     *
     * @throws IOException if these are no frames, if a message is larger than {@link #LARGEST}, or as the handler says
     */
    public void take(byte[] bytes, int count) throws IOException {
        if (length + count > pending.length) {
            pending = Arrays.copyOf(pending, Math.max(2 * pending.length, length + count));
        }
        System.arraycopy(bytes, 0, pending, length, count);
        length += count;
        for (int whole = frame(); whole > 0; whole = frame()) {
            System.arraycopy(pending, whole, pending, 0, length - whole);
            length -= whole;
        }
    }

    /** Handles the first frame; gives how many bytes it has, 0 where they are not all there. */
    private int frame() throws IOException {
        int head = length < 2 ? 2 : head(pending[1]);
        if (length < head) {
            return 0;
        }
        long size = size();
        if (size < 0 || size > LARGEST - message.size()) {
            throw new IOException("a message on a WebSocket of more than " + (LARGEST >> 20) + " MiB");
        }
        int end = head + (int) size;
        if (length < end) {
            return 0;
        }
        byte[] content = Arrays.copyOfRange(pending, head, end);
        if ((pending[1] & MASKED) != 0) {
            for (int i = 0; i < content.length; i++) {
                content[i] ^= pending[head - 4 + i % 4];
            }
        }
        handle(pending[0], content);
        return end;
    }

    private static int head(byte second) {
        int extended =
                switch (second & 0x7F) {
                    case 126 -> 2;
                    case 127 -> 8;
                    default -> 0;
                };
        return 2 + extended + ((second & MASKED) != 0 ? 4 : 0);
    }

    private long size() {
        int written = pending[1] & 0x7F;
        return switch (written) {
            case 126 -> ByteBuffer.wrap(pending).getShort(2) & 0xFFFF;
            case 127 -> ByteBuffer.wrap(pending).getLong(2);
            default -> written;
        };
    }

    private void handle(byte first, byte[] content) throws IOException {
        int opcode = first & 0x0F;
        if (opcode >= CLOSE) {
            handler.take(opcode, content);
            return;
        }
        kind = opcode == CONTINUATION ? kind : opcode;
        message.write(content);
        if ((first & FIN) != 0) {
            handler.take(kind, message.toByteArray());
            message.reset();
        }
    }
}
