package dev.coatcheck.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpSession;
import jakarta.servlet.http.HttpUpgradeHandler;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request whose session is kept outside the process. */
final class SessionRequest extends HttpServletRequestWrapper {
    private final RequestSession session;
    private final SessionResponse response;

    SessionRequest(HttpServletRequest request, RequestSession session, SessionResponse response) {
        super(request);
        this.session = session;
        this.response = response;
    }

    SessionResponse response() {
        return response;
    }

    @Override
    public HttpSession getSession() {
        return session.findOrBegin();
    }

    @Override
    public @Nullable HttpSession getSession(boolean create) {
        return create ? session.findOrBegin() : session.find();
    }

    @Override
    public String changeSessionId() {
        return session.changeId();
    }

    @Override
    public @Nullable String getRequestedSessionId() {
        return session.requested().map(PublicId::of).orElse(null);
    }

    @Override
    public boolean isRequestedSessionIdValid() {
        return session.isRequestedValid();
    }

    @Override
    public boolean isRequestedSessionIdFromCookie() {
        return session.requested().isPresent();
    }

    @Override
    public boolean isRequestedSessionIdFromURL() {
        return false;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest request, ServletResponse response) {
        var context = super.startAsync(request, response);
        context.addListener(new OnCompletion(this.response::saveLate));
        return new HeldAsyncContext(context, this.response);
    }

    @Override
    public AsyncContext getAsyncContext() {
        return new HeldAsyncContext(super.getAsyncContext(), response);
    }

    @Override
    public <T extends HttpUpgradeHandler> T upgrade(Class<T> handler) throws IOException, ServletException {
        response.open();
        return super.upgrade(handler);
    }
}
