package dev.coatcheck.formation.router;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One instance that a {@link Router} hands requests to, from {@link Router#add} until {@link #remove()}. Safe for use
 * by several threads.
 */
public final class Upstream {
    private final String instance;
    private final InetSocketAddress address;
    private final URI uri;
    private final Rotation rotation;
    private final List<IdleConnections> idle;
    private final Metrics.Requests answered;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger tunnels = new AtomicInteger();
    private volatile boolean removed;
    private final Quarantine quarantine = new Quarantine();

    Upstream(
            String instance,
            InetSocketAddress address,
            Rotation rotation,
            List<IdleConnections> idle,
            Metrics.Requests answered) {
        InetAddress host = address.getAddress();
        if (host == null) {
            throw new IllegalArgumentException("Instance " + instance + ": the address " + address
                    + " has not been resolved; create it with new InetSocketAddress(host, port)");
        }
        this.instance = instance;
        this.address = address;
        String literal = host.getHostAddress();
        this.uri = URI.create(
                "http://" + (literal.indexOf(':') < 0 ? literal : "[" + literal + "]") + ":" + address.getPort());
        this.rotation = rotation;
        this.idle = idle;
        this.answered = answered;
    }

    /** The name that {@link Router#add} was given. */
    public String instance() {
        return instance;
    }

    public InetSocketAddress address() {
        return address;
    }

    /**
     * Takes the instance out of rotation: once this returns, no request is handed to it that had not been already.
     * Requests in flight and tunnels go on. Calling it again changes nothing.
     */
    public void remove() {
        // In this order: who sees an instance in rotation and may not enter it would look again without end.
        rotation.remove(this);
        removed = true;
        idle.forEach(IdleConnections::close);
    }

    /** How many requests the instance has been handed whose responses have not been passed on in full. */
    public int inFlight() {
        return inFlight.get();
    }

    /** How many established tunnels (WebSockets) lead to the instance; they don't count as in flight. */
    public int tunnels() {
        return tunnels.get();
    }

    /**
     * Waits until nothing is in flight. Only of lasting use after {@link #remove()}, since a new request may arrive at
     * once otherwise.
     *
     * @return whether that was so within the limit
     */
    public boolean awaitIdle(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        synchronized (inFlight) {
            while (inFlight.get() > 0) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    return false;
                }
                inFlight.wait(left);
            }
        }
        return true;
    }

    URI uri() {
        return uri;
    }

    IdleConnections idle(EventLoop loop) {
        return idle.get(loop.number());
    }

    /**
     * Counts a request in, unless the instance was removed. The count is raised before the flag is looked at, so that
     * whoever removed the instance either sees the request in flight or kept it out.
     */
    boolean enter() {
        inFlight.incrementAndGet();
        if (removed) {
            leave();
            return false;
        }
        return true;
    }

    void leave() {
        if (inFlight.decrementAndGet() == 0) {
            synchronized (inFlight) {
                inFlight.notifyAll();
            }
        }
    }

    void tunnelOpened() {
        tunnels.incrementAndGet();
    }

    void tunnelClosed() {
        tunnels.decrementAndGet();
    }

    boolean isRemoved() {
        return removed;
    }

    Metrics.Requests answered() {
        return answered;
    }

    Quarantine quarantine() {
        return quarantine;
    }

    @Override
    public String toString() {
        return instance + " at " + address;
    }
}
