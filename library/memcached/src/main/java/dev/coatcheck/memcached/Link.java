package dev.coatcheck.memcached;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection, from its beginning to its end. Answers come in the order of the requests. One thread writes and one
 * reads, so that no caller is ever held up by a socket, and an interrupted caller does not close it.
 */
final class Link implements AutoCloseable {
    static final int MOST_UNDER_WAY = 10_000;

    private final Socket socket;
    private final BlockingQueue<Sent> unsent = new LinkedBlockingQueue<>();
    private final BlockingQueue<Sent> unanswered = new LinkedBlockingQueue<>();

    /** For both queues together. */
    private final Semaphore room = new Semaphore(MOST_UNDER_WAY);

    private volatile long lastAnswer = System.nanoTime();
    private volatile @Nullable IOException end;

    private static final class Sent {
        final byte[] request;
        final CompletableFuture<Reply> reply = new CompletableFuture<>();

        Sent(byte[] request) {
            this.request = request;
        }
    }

    private Link(Socket socket) {
        this.socket = socket;
    }

    static Link connect(String host, int port, Duration timeout) throws IOException {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setKeepAlive(true);
            int millis = (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.toMillis()));
            socket.connect(new InetSocketAddress(host, port), millis);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
        var link = new Link(socket);
        Thread.ofVirtual().name("coatcheck-memcached-writer").start(link::write);
        return link;
    }

    /** Sends a request without waiting for its answer. */
    CompletableFuture<Reply> send(byte[] request) {
        if (!room.tryAcquire()) {
            return CompletableFuture.failedFuture(
                    new IOException(MOST_UNDER_WAY + " requests are waiting for an answer already"));
        }
        var sent = new Sent(request);
        unsent.add(sent);
        failIfEnded(sent);
        return sent.reply;
    }

    /** Hands out answers until the connection ends. */
    void read() {
        try (var in = new BufferedInputStream(socket.getInputStream(), 16 * 1024)) {
            while (true) {
                var reply = Reply.read(in);
                lastAnswer = System.nanoTime();
                var sent = unanswered.poll();
                if (sent == null) {
                    throw new IOException("the server answered what nobody asked");
                }
                room.release();
                sent.reply.complete(reply);
                if (reply instanceof Reply.Line(String text) && text.contains("ERROR") && !text.startsWith("SERVER_")) {
                    // It may have taken a value for a request: who knows what its next answers belong to.
                    throw new IOException("the server did not understand a request: " + text);
                }
            }
        } catch (IOException e) {
            end(e);
        }
    }

    private void write() {
        try (var out = new BufferedOutputStream(socket.getOutputStream(), 16 * 1024)) {
            while (end == null) {
                var sent = unsent.poll();
                if (sent == null) {
                    out.flush();
                    sent = unsent.take();
                }
                unanswered.add(sent);
                failIfEnded(sent);
                out.write(sent.request);
            }
        } catch (IOException e) {
            end(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(new IOException("the writer was interrupted", e));
        }
    }

    /** Ends a link on which nothing came since a request was sent that should have been answered by now. */
    void endIfSilentSince(long sentNanos) {
        if (lastAnswer - sentNanos < 0) {
            end(new IOException("the server went silent"));
        }
    }

    @Override
    public void close() {
        end(new IOException("closed"));
    }

    private void end(IOException cause) {
        synchronized (this) {
            if (end == null) {
                end = cause;
            }
        }
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed as far as this side can close it.
        }
        // Ends the writer, should it wait for something to write.
        unsent.add(new Sent(new byte[0]));
        unanswered.forEach(this::failIfEnded);
        unsent.forEach(this::failIfEnded);
    }

    private void failIfEnded(Sent sent) {
        var cause = end;
        if (cause != null) {
            sent.reply.completeExceptionally(cause);
        }
    }
}
