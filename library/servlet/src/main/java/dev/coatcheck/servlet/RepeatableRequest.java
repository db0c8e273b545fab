package dev.coatcheck.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/** A request whose answer is kept, also where it is given asynchronously. */
final class RepeatableRequest extends HttpServletRequestWrapper {
    private final KeepingResponse response;

    RepeatableRequest(HttpServletRequest request, KeepingResponse response) {
        super(request);
        this.response = response;
    }

    KeepingResponse response() {
        return response;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        var context = super.startAsync(request, response);
        this.response.async(true);
        context.addListener(new OnCompletion(this.response::over));
        return new HeldAsyncContext(context, this.response);
    }

    @Override
    public AsyncContext getAsyncContext() {
        return new HeldAsyncContext(super.getAsyncContext(), response);
    }
}
