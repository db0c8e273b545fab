package dev.coatcheck.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Passes a response on that is held back, before an asynchronous request is completed or dispatched. */
final class HeldAsyncContext implements AsyncContext {
    private final AsyncContext context;
    private final HeldResponse response;

    HeldAsyncContext(AsyncContext context, HeldResponse response) {
        this.context = context;
        this.response = response;
    }

    private interface Step {
        void run() throws IOException;
    }

    private static void before(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException("the client is gone", e);
        }
    }

    @Override
    public void complete() {
        try {
            before(response::finish);
        } finally {
            context.complete();
        }
    }

    @Override
    public void dispatch() {
        before(response::release);
        context.dispatch();
    }

    @Override
    public void dispatch(String path) {
        before(response::release);
        context.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext other, String path) {
        before(response::release);
        context.dispatch(other, path);
    }

    @Override
    public void addListener(AsyncListener listener) {
        context.addListener(new Listener(listener));
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse response) {
        context.addListener(new Listener(listener), request, response);
    }

    /** Listeners complete requests too, through the context that their event carries. */
    private final class Listener implements AsyncListener {
        private final AsyncListener listener;

        Listener(AsyncListener listener) {
            this.listener = listener;
        }

        private AsyncEvent ours(AsyncEvent event) {
            return new AsyncEvent(
                    HeldAsyncContext.this,
                    event.getSuppliedRequest(),
                    event.getSuppliedResponse(),
                    event.getThrowable());
        }

        @Override
        public void onComplete(AsyncEvent event) throws IOException {
            listener.onComplete(ours(event));
        }

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            listener.onTimeout(ours(event));
        }

        @Override
        public void onError(AsyncEvent event) throws IOException {
            listener.onError(ours(event));
        }

        @Override
        public void onStartAsync(AsyncEvent event) throws IOException {
            listener.onStartAsync(ours(event));
        }
    }

    @Override
    public ServletRequest getRequest() {
        return context.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
        return context.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return context.hasOriginalRequestAndResponse();
    }

    @Override
    public void start(Runnable run) {
        context.start(run);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return context.createListener(type);
    }

    @Override
    public void setTimeout(long timeout) {
        context.setTimeout(timeout);
    }

    @Override
    public long getTimeout() {
        return context.getTimeout();
    }
}
