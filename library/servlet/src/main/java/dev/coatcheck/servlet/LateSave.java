package dev.coatcheck.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/** Saves what an asynchronous request changed in its session after its response was committed. */
record LateSave(SessionResponse response) implements AsyncListener {
    @Override
    public void onComplete(AsyncEvent event) {
        if (!response.isRefused()) {
            response.saveLate();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {}

    @Override
    public void onError(AsyncEvent event) {}

    /** A listener is dropped when the request starts anew to be asynchronous, and is added anew then. */
    @Override
    public void onStartAsync(AsyncEvent event) {}
}
