package dev.coatcheck.memcached;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.cache.QueueShare;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The way to a server: one {@link Link} at a time, replaced when it ends. While there is none, requests fail at once. */
final class Connection implements AutoCloseable {
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1_000;

    /** How many of those that are asked together may be under way; the rest is for who asks one by one. */
    private static final int SHARE = Link.MOST_UNDER_WAY / 5;

    private static final int BATCH = SHARE / 2;

    private final String host;
    private final int port;
    private final Duration timeout;
    private final QueueShare share;
    private final StoreClock clock = new StoreClock();
    private final Thread keeper = Thread.ofVirtual().name("coatcheck-memcached").unstarted(this::keep);
    private volatile Link link;
    private volatile boolean connected = true;
    private volatile boolean closed;

    private Connection(String host, int port, Duration timeout, Link link) {
        this.host = host;
        this.port = port;
        this.timeout = timeout;
        this.share = new QueueShare(SHARE, timeout.multipliedBy(2));
        this.link = link;
    }

    static Connection open(String host, int port, Duration timeout) {
        Connection connection;
        try {
            connection = new Connection(host, port, timeout, Link.connect(host, port, timeout));
        } catch (IOException e) {
            throw new BackingServiceException(resource(host, port), "connect", e);
        }
        connection.keeper.start();
        try {
            var attempt = "read the clock";
            if (!connection.readClock(connection.ask(attempt, Request.STATISTICS))) {
                throw connection.failure(attempt, new IOException("the server does not tell its time"));
            }
            return connection;
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** The time by the server's clock. */
    Instant now() {
        if (clock.isOld()) {
            readClockSoon();
        }
        return clock.now();
    }

    /**
     * Asks and waits for the answer.
     *
     * @param attempt what is tried, for the exception
     */
    Reply ask(String attempt, byte[] request) {
        long begun = System.nanoTime();
        var used = link;
        return await(attempt, used, send(used, request), begun);
    }

    /**
     * Asks for several things at once and waits for all the answers, for one time-out in all. They take no more than a
     * share of what may be under way, and wait for a place where it is taken.
     */
    List<Reply> askAll(String attempt, List<byte[]> requests) {
        var replies = new ArrayList<Reply>(requests.size());
        long begun = System.nanoTime();
        for (int from = 0; from < requests.size(); from += BATCH) {
            var answers = sendAll(attempt, requests.subList(from, Math.min(from + BATCH, requests.size())), begun);
            var used = link;
            for (var answer : answers) {
                replies.add(await(attempt, used, answer, begun));
            }
        }
        return replies;
    }

    private List<CompletableFuture<Reply>> sendAll(String attempt, List<byte[]> requests, long since) {
        try {
            return share.send(
                    requests.stream()
                            .<Supplier<CompletableFuture<Reply>>>map(request -> () -> send(link, request))
                            .toList(),
                    timeout.minusNanos(System.nanoTime() - since));
        } catch (TimeoutException e) {
            throw failure(attempt, e);
        } catch (InterruptedException e) {
            throw interrupted(attempt, "for a place in the queue");
        }
    }

    /** Waits for an answer, for what is left of the time-out since a moment. */
    private Reply await(String attempt, Link from, CompletableFuture<Reply> answer, long since) {
        try {
            long left = timeout.toNanos() - (System.nanoTime() - since);
            var reply = answer.get(Math.max(0, left), TimeUnit.NANOSECONDS);
            if (reply instanceof Reply.Line(String text) && text.contains("ERROR")) {
                throw failure(attempt, new IOException("the server answered " + text));
            }
            return reply;
        } catch (ExecutionException e) {
            throw failure(attempt, e.getCause() == null ? e : e.getCause());
        } catch (TimeoutException e) {
            from.endIfSilentSince(since);
            throw failure(attempt, new TimeoutException("no answer within " + timeout.toMillis() + " ms"));
        } catch (InterruptedException e) {
            throw interrupted(attempt, "for the answer");
        }
    }

    private BackingServiceException interrupted(String attempt, String waiting) {
        Thread.currentThread().interrupt();
        return failure(attempt, new InterruptedException("interrupted while waiting " + waiting));
    }

    /** Sends what nobody waits for, and what may be lost. */
    void tell(byte[] request) {
        var unused = send(link, request);
    }

    BackingServiceException failure(String attempt, Throwable cause) {
        return new BackingServiceException(resource(host, port), attempt, cause);
    }

    @Override
    public void close() {
        closed = true;
        keeper.interrupt();
        link.close();
    }

    private CompletableFuture<Reply> send(Link to, byte[] request) {
        return connected ? to.send(request) : CompletableFuture.failedFuture(new IOException("not connected"));
    }

    /** What the one thread does that belongs to this connection. */
    private void keep() {
        while (!closed) {
            link.read();
            connected = false;
            var next = reconnect();
            if (next == null) {
                return;
            }
            link = next;
            connected = true;
            readClockSoon();
            if (closed) {
                next.close(); // closed in between, when the link before was the one to close
            }
        }
    }

    /** Jittered, so that not all processes come back at once to a server that has just started. */
    private @Nullable Link reconnect() {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            try {
                Thread.sleep(ThreadLocalRandom.current().nextLong(pause / 2, pause));
                return Link.connect(host, port, timeout);
            } catch (IOException e) {
                pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
        return null;
    }

    private void readClockSoon() {
        var unused = send(link, Request.STATISTICS).thenAccept(this::readClock);
    }

    private boolean readClock(Reply reply) {
        if (reply instanceof Reply.Statistics(var values)) {
            try {
                clock.told(Long.parseLong(values.getOrDefault("time", "")));
                return true;
            } catch (NumberFormatException e) {
                return false;
            }
        }
        return false;
    }

    private static String resource(String host, int port) {
        return "memcached at " + host + ":" + port;
    }
}
