package dev.coatcheck.servlet;

import dev.coatcheck.process.lifecycle.Lifecycle;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets requests in flight finish when the process stops: counts them, and once the process drains tells each client with
 * {@code Connection: close} not to use the connection again.
 *
 * <p>Put it outermost, for dispatches of type REQUEST. An asynchronous request is in flight until it is complete.
 *
 * <pre>{@code
 * var drain = new DrainFilter(lifecycle);
 * lifecycle.onStop(Phase.LISTENERS, "listener", connector::close);
 * lifecycle.onStop(Phase.WORK, "requests in flight", () -> {
 *     drain.awaitIdle();
 *     server.stop(); // here, so that no connection is left on which a request could meet clients that are closed
 * });
 * }</pre>
 */
public final class DrainFilter implements Filter {
    private final Lifecycle lifecycle;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();
    private int inFlight;

    public DrainFilter(Lifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    /** How many requests are being answered now. */
    public int inFlight() {
        lock.lock();
        try {
            return inFlight;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until no request is in flight, for as long as that takes: the lifecycle's phase has the limit.
     *
     * @throws InterruptedException where the waiting thread is interrupted
     */
    public void awaitIdle() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (inFlight > 0) {
                idle.await();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() != DispatcherType.REQUEST) {
            chain.doFilter(request, response);
            return;
        }
        began();
        boolean async = false;
        try {
            if (lifecycle.state() == Lifecycle.State.DRAINING
                    && request.getProtocol().startsWith("HTTP/1")
                    && response instanceof HttpServletResponse http) {
                http.setHeader("Connection", "close");
            }
            chain.doFilter(request, response);
            if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(new Completion());
                async = true;
            }
        } finally {
            if (!async) {
                ended();
            }
        }
    }

    private void began() {
        lock.lock();
        try {
            inFlight++;
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            if (--inFlight == 0) {
                idle.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Hears of the end of an asynchronous request, which may start several times to be asynchronous. */
    private final class Completion implements AsyncListener {
        @Override
        public void onComplete(AsyncEvent event) {
            ended();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            event.getAsyncContext().addListener(this);
        }

        @Override
        public void onTimeout(AsyncEvent event) {}

        @Override
        public void onError(AsyncEvent event) {}
    }
}
