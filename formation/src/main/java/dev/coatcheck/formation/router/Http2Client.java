package dev.coatcheck.formation.router;

import io.undertow.protocols.http2.Http2Channel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * One HTTP/2 connection, and how much its client asks of it. Undertow tells a client how many streams it may open, but
 * lets it open more; and it does not count the streams that a client resets once their requests are complete, as in
 * "rapid reset" (CVE-2023-44487). Both are bounded here.
 *
 * <p>A stream that the client resets keeps its place until that is noticed, at the next tick: so a client gets no
 * further by resetting than by waiting.
 */
final class Http2Client implements EventLoop.Timed {
    static final int MOST_STREAMS = 100;
    private static final int MOST_RESETS = 500;
    private static final long WINDOW = TimeUnit.SECONDS.toNanos(30);

    /** For a client to take the word that it has to go. */
    private static final long LAST_WORD = TimeUnit.SECONDS.toNanos(5);

    private final Http2Channel channel;
    private final StreamConnection connection;
    private final EventLoop loop;
    private final long keepAlive;
    private int streams;
    private long lastBusy = System.nanoTime();
    private boolean leaving;
    private boolean sentAway;
    private long sentAwayAt;
    private int resets;
    private long windowBegan = System.nanoTime();

    Http2Client(Http2Channel channel, StreamConnection connection, EventLoop loop, Duration keepAlive) {
        this.channel = channel;
        this.connection = connection;
        this.loop = loop;
        this.keepAlive = keepAlive.toNanos();
    }

    Http2Channel channel() {
        return channel;
    }

    /** Counts a stream in, if there may be one more. */
    boolean admit() {
        if (leaving || streams >= MOST_STREAMS) {
            return false;
        }
        streams++;
        return true;
    }

    void streamOver(boolean resetByClient) {
        streams--;
        if (resetByClient) {
            countReset();
        }
        goIfDone();
    }

    /** No further streams; once those that there are have ended, the client is told to go. */
    void leave() {
        leaving = true;
        goIfDone();
    }

    /**
     * Undertow lets a client stay that never begins a stream, and also one that it has told to go, for as long as that
     * does not read it.
     */
    @Override
    public void tick(long now) {
        if (streams > 0) {
            lastBusy = now;
        } else if (now - lastBusy > keepAlive) {
            sendAway(Http2Channel.ERROR_NO_ERROR);
        }
        if (sentAway && now - sentAwayAt > LAST_WORD) {
            close();
        }
        if (!channel.isOpen()) {
            loop.end(this);
        }
    }

    @Override
    public void abort() {
        close();
    }

    /** Ends the connection at once, also where Undertow would wait for the client to read what has been written. */
    void close() {
        IoUtils.safeClose(channel, connection);
    }

    private void goIfDone() {
        if (leaving && streams == 0) {
            sendAway(Http2Channel.ERROR_NO_ERROR);
        }
    }

    private void sendAway(int reason) {
        if (!sentAway) {
            sentAway = true;
            sentAwayAt = System.nanoTime();
            channel.sendGoAway(reason);
        }
    }

    private void countReset() {
        long now = System.nanoTime();
        if (now - windowBegan > WINDOW) {
            windowBegan = now;
            resets = 0;
        }
        if (++resets > MOST_RESETS) {
            sendAway(Http2Channel.ERROR_ENHANCE_YOUR_CALM);
        }
    }
}
