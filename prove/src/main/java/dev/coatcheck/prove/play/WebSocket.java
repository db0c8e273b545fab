package dev.coatcheck.prove.play;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/**
 * The client's end of a WebSocket (RFC 6455) on a connection that has been upgraded. No extension is offered, so none is
 * spoken. It answers pings and sends text; one thread hears, any may send.
 */
final class WebSocket extends OpenSocket {
    private static final int BUFFER = 8 << 10;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;

    /** Ends each of several messages in one. */
    private static final String RECORD = "\u001e";

    private final OutputStream out;

    WebSocket(Socket socket, Target target) throws IOException {
        super(socket, target);
        this.out = socket.getOutputStream();
    }

    /** Sixteen random bytes, as the handshake wants them. */
    static String newKey() {
        byte[] key = new byte[16];
        RANDOM.nextBytes(key);
        return Base64.getEncoder().encodeToString(key);
    }

    /** What a server answers to a key. */
    static String acceptOf(String key) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /**
     * Sends a text.
     *
     * @throws SocketTimeoutException if the other side does not take it within the limit; it is closed then
     * @throws InterruptedException as soon as the thread is interrupted; it is closed then
     */
    void send(String text, Duration limit) throws IOException, InterruptedException {
        FutureTask<Void> sending = new FutureTask<>(() -> {
            send(WebSocketFrames.TEXT, text.getBytes(StandardCharsets.UTF_8));
            return null;
        });
        // To write has no limit of its own: who does not read keeps whoever writes waiting.
        Thread.ofVirtual().name("message to " + target().instance()).start(sending);
        try {
            sending.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("a message was not taken within " + limit.toMillis() + " ms");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException broken ? broken : new IOException("to send failed", e.getCause());
        } finally {
            if (!sending.isDone()) {
                sending.cancel(true);
                close();
            }
        }
    }

    private synchronized void send(int opcode, byte[] payload) throws IOException {
        ByteBuffer frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) (FIN | opcode));
        if (payload.length < 126) {
            frame.put((byte) (MASKED | payload.length));
        } else if (payload.length <= 0xFFFF) {
            frame.put((byte) (MASKED | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (MASKED | 127)).putLong(payload.length);
        }
        byte[] mask = new byte[4];
        RANDOM.nextBytes(mask);
        frame.put(mask);
        for (int i = 0; i < payload.length; i++) {
            frame.put((byte) (payload[i] ^ mask[i % 4]));
        }
        out.write(frame.array(), 0, frame.position());
        out.flush();
    }

    @Override
    void hear(Ear ear) throws IOException {
        WebSocketFrames frames = new WebSocketFrames((opcode, content) -> {
            switch (opcode) {
                case WebSocketFrames.CLOSE -> {
                    send(WebSocketFrames.CLOSE, content);
                    close();
                }
                case WebSocketFrames.PING -> send(WebSocketFrames.PONG, content);
                case WebSocketFrames.PONG -> {}
                case WebSocketFrames.TEXT -> hearEach(new String(content, StandardCharsets.UTF_8), ear);
                default -> ear.hear("", told(content));
            }
        });
        InputStream in = socket().getInputStream();
        byte[] buffer = new byte[BUFFER];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            frames.take(buffer, read);
        }
    }

    /** SignalR sends whatever it has by then as one message: how many there are in one is chance. */
    private static void hearEach(String text, Ear ear) {
        if (text.contains(RECORD)) {
            Pattern.compile(RECORD)
                    .splitAsStream(text)
                    .filter(record -> !record.isEmpty())
                    .forEach(record -> ear.hear("", record));
        } else {
            ear.hear("", text);
        }
    }

    private static String told(byte[] bytes) {
        Content content = Content.of(bytes);
        return content + ", " + content.sha256Hex();
    }
}
