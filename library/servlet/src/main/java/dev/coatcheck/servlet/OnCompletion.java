package dev.coatcheck.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/**
 * What is done at the end of an asynchronous request, whoever brings it about: the application, or the container that
 * waited for it long enough.
 */
record OnCompletion(Runnable action) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
        action.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    /** A listener is dropped when the request starts anew to be asynchronous, and is added anew then. */
    @Override
    public void onStartAsync(AsyncEvent event) {}
}
