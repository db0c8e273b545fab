package dev.coatcheck.formation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Uploads that take a second and a half each, one after the other on several connections. */
final class UploadLoad implements AutoCloseable {
    private static final int PIECES = 15;
    private static final int PIECE_BYTES = 10_000;

    private final AtomicInteger answered = new AtomicInteger();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> uploaders = new ArrayList<>();
    private volatile boolean closed;

    private UploadLoad() {}

    static UploadLoad on(int tcpPort, int uploaders) {
        UploadLoad load = new UploadLoad();
        for (int i = 0; i < uploaders; i++) {
            load.uploaders.add(
                    Thread.ofPlatform().name("uploader-" + i).daemon().start(() -> load.run(tcpPort)));
        }
        return load;
    }

    int answered() {
        return answered.get();
    }

    List<String> failures() {
        return List.copyOf(failures);
    }

    /** Lets what was begun come to its end. */
    void finish() throws InterruptedException {
        closed = true;
        for (Thread uploader : uploaders) {
            uploader.join();
        }
    }

    /** Those that are under way come to their end in the background. */
    @Override
    public void close() {
        closed = true;
    }

    private void run(int tcpPort) {
        while (!closed) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tcpPort)) {
                socket.setSoTimeout(20_000);
                upload(socket);
            } catch (IOException e) {
                failures.add(e.toString());
            }
        }
    }

    private void upload(Socket socket) throws IOException {
        String head = "POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " + PIECES * PIECE_BYTES
                + "\r\n\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < PIECES; i++) {
            socket.getOutputStream().write(new byte[PIECE_BYTES]);
            pause();
        }
        String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        if (answer.startsWith("HTTP/1.1 200 ") && answer.contains(Integer.toString(PIECES * PIECE_BYTES))) {
            answered.incrementAndGet();
        } else {
            failures.add(answer);
        }
    }

    /** Being slow is what this is for. */
    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
