package dev.coatcheck.formation.router;

import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all requests of one router share. */
final class RouterContext {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final RouterSettings settings;
    private final ByteBufferPool buffers;
    private final Consumer<Access> accessLog;
    private final Consumer<Notice> notices;
    private final Rotation rotation = new Rotation();
    private final HoldQueue held;
    private final BufferBudget budget;
    private final Metrics metrics = new Metrics();
    private final AtomicInteger underWay = new AtomicInteger();
    private final OnceAMinute tellingCannotConnect = new OnceAMinute();
    private volatile boolean paused;
    private volatile boolean closing;

    RouterContext(
            RouterSettings settings, ByteBufferPool buffers, Consumer<Access> accessLog, Consumer<Notice> notices) {
        this.settings = settings;
        this.buffers = buffers;
        this.accessLog = accessLog;
        this.notices = notices;
        this.held = new HoldQueue(settings.hold().requests());
        this.budget = new BufferBudget(settings.limits().bufferedBodies());
    }

    RouterSettings settings() {
        return settings;
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    Rotation rotation() {
        return rotation;
    }

    HoldQueue held() {
        return held;
    }

    /** Lets the requests that are held go on, unless there is a reason to hold them all. */
    void releaseHeld() {
        if (!paused) {
            held.release();
        }
    }

    void pause() {
        paused = true;
    }

    void resume() {
        paused = false;
        held.release();
    }

    boolean isPaused() {
        return paused;
    }

    Metrics metrics() {
        return metrics;
    }

    RouterMetrics snapshot() {
        return metrics.snapshot(underWay.get(), held.size());
    }

    BufferBudget budget() {
        return budget;
    }

    /** A request, or a tunnel. Returns how many there are now. */
    int begun() {
        return underWay.incrementAndGet();
    }

    void over() {
        if (underWay.decrementAndGet() == 0) {
            synchronized (underWay) {
                underWay.notifyAll();
            }
        }
    }

    /** Waits until no request and no tunnel is under way any longer; whether that is so within the limit. */
    boolean awaitAll(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (underWay) {
            long left = limit.toMillis();
            while (underWay.get() > 0 && left > 0) {
                underWay.wait(left);
                left = (deadline - System.nanoTime()) / 1_000_000;
            }
        }
        return underWay.get() == 0;
    }

    /** From now on each response closes its connection, and nothing is held. */
    void beginClosing() {
        closing = true;
        held.release();
    }

    boolean isClosing() {
        return closing;
    }

    /** An instance failed a request before it answered. */
    void failed(Upstream upstream, boolean refused, String reason) {
        Duration time = upstream.quarantine()
                .failed(System.nanoTime(), refused, settings.timeouts().quarantine());
        if (time.isPositive() && !upstream.isRemoved()) {
            metrics.ejections.increment();
            tell(new Notice.Ejected(upstream.instance(), reason, time));
        }
    }

    /** The operating system refuses a connection to an instance, which the instance knows nothing about. */
    void cannotConnect(Upstream upstream, IOException problem) {
        if (tellingCannotConnect.isDue()) {
            tell(new Notice.CannotConnect(upstream.instance(), String.valueOf(problem.getMessage())));
        }
    }

    /** An instance has begun to answer a request. */
    void answered(Upstream upstream) {
        if (upstream.quarantine().answered(System.nanoTime())) {
            tell(new Notice.Returned(upstream.instance()));
        }
    }

    void tell(Access access) {
        tell(accessLog, access);
    }

    void tell(Notice notice) {
        tell(notices, notice);
    }

    private static <T> void tell(Consumer<T> listener, T what) {
        try {
            listener.accept(what);
        } catch (RuntimeException e) {
            LOG.warn("The listener of the router failed to take {}", what, e);
        }
    }
}
