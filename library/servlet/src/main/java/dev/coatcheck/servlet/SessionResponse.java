package dev.coatcheck.servlet;

import dev.coatcheck.state.BackingServiceException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Saves the session before the response can be committed. Where that fails, the answer is a {@link Refusal}, and what
 * the application goes on to write is thrown away.
 */
final class SessionResponse extends HttpServletResponseWrapper implements CommitGate, HeldResponse {
    private static final System.Logger LOG = System.getLogger(SessionFilter.class.getName());

    private final RequestSession session;
    private final Duration retryAfter;
    private final Map<String, List<String>> outerHeaders;
    private @Nullable HeldStream stream;
    private @Nullable HeldWriter heldWriter;
    private @Nullable PrintWriter writer;
    private boolean refused;

    SessionResponse(HttpServletResponse response, RequestSession session, Duration retryAfter) {
        super(response);
        this.session = session;
        this.retryAfter = retryAfter;
        this.outerHeaders = JsonRefusal.headersOf(response);
    }

    @Override
    public boolean open() throws IOException {
        if (refused || super.isCommitted()) {
            return !refused;
        }
        try {
            session.save();
        } catch (BackingServiceException e) {
            refuse(Refusal.STORE_UNAVAILABLE, e);
        } catch (IllegalArgumentException | IllegalStateException e) {
            refuse(Refusal.NOT_SAVED, e);
        }
        return !refused;
    }

    @Override
    public boolean isRefused() {
        return refused;
    }

    void refuse(Refusal refusal, Exception cause) throws IOException {
        var what = session.request().getMethod() + " " + session.request().getRequestURI();
        switch (refusal) {
            case STORE_UNAVAILABLE ->
                LOG.log(System.Logger.Level.WARNING, "{0} is answered with 503: {1}", what, cause.getMessage());
            case NOT_SAVED -> LOG.log(System.Logger.Level.ERROR, what + " is answered with 500", cause);
        }
        refused = true;
        refusal.answer((HttpServletResponse) getResponse(), outerHeaders, retryAfter);
    }

    /** Answers for a failure of the store that the application let pass; false where the failure is another. */
    boolean refuseOutage(Exception failure) throws IOException {
        if (refused || super.isCommitted() || !session.isOutage(failure)) {
            return false;
        }
        refuse(Refusal.STORE_UNAVAILABLE, failure);
        return true;
    }

    /** Called when the application is done: everything is saved and passed on. */
    @Override
    public void finish() throws IOException {
        if (refused) {
            return;
        }
        announceLength();
        release();
        if (super.isCommitted()) {
            saveLate();
        } else {
            open();
        }
    }

    /** Called when the application failed: what it wrote so far is not its answer, what it put into the session stays. */
    void abandon() throws IOException {
        if (refused) {
            return;
        }
        if (super.isCommitted()) {
            saveLate();
        } else {
            restart();
            open();
        }
    }

    /** Saves what was changed after the response was committed, when nothing can be answered any more. */
    void saveLate() {
        if (refused) {
            return;
        }
        try {
            session.save();
        } catch (BackingServiceException | IllegalArgumentException | IllegalStateException e) {
            LOG.log(System.Logger.Level.ERROR, "changes of a session after its response was committed are lost", e);
        }
    }

    /** A body that was held whole has a length, which the container cannot see when it gets it in pieces. */
    private void announceLength() {
        if (stream != null
                && stream.heldLength() > 0
                && !super.isCommitted()
                && !containsHeader("Content-Length")
                && getTrailerFields() == null) {
            setContentLengthLong(stream.heldLength());
        }
    }

    /** Saves the session, and lets the body pass from here on. */
    @Override
    public void release() throws IOException {
        if (stream != null) {
            stream.release();
        }
        if (heldWriter != null) {
            heldWriter.release();
        }
    }

    /** Called when the application goes on after a dispatch: what it writes now is held back again. */
    void holdAgain() {
        if (isCommitted()) {
            return;
        }
        if (stream != null) {
            stream.holdAgain();
        }
        if (heldWriter != null) {
            heldWriter.holdAgain();
        }
    }

    /** Called before a forward, at which the container forgets what lies in its own buffer, and may not know of this one. */
    void forget() {
        if (!isCommitted()) {
            restart();
        }
    }

    private void restart() {
        if (stream != null) {
            stream.restart();
        }
        if (heldWriter != null) {
            heldWriter.restart();
        }
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        var out = super.getOutputStream();
        if (stream == null) {
            stream = new HeldStream(out, this, getBufferSize());
        }
        return stream;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        var out = super.getWriter();
        if (writer == null) {
            heldWriter = new HeldWriter(out, this, getBufferSize());
            writer = new PrintWriter(heldWriter);
        }
        return writer;
    }

    @Override
    public void flushBuffer() throws IOException {
        release();
        if (open()) {
            super.flushBuffer();
        }
    }

    @Override
    public boolean isCommitted() {
        return refused || super.isCommitted();
    }

    @Override
    public void reset() {
        super.reset();
        session.headersLost();
        restart();
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        restart();
    }

    @Override
    public void sendError(int status) throws IOException {
        if (beforeSending(true)) {
            super.sendError(status);
        }
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        if (beforeSending(true)) {
            super.sendError(status, message);
        }
    }

    /** Not by way of the others: containers of Servlet 6.0 have none. */
    @Override
    public void sendRedirect(String location) throws IOException {
        if (beforeSending(true)) {
            super.sendRedirect(location);
        }
    }

    @Override
    public void sendRedirect(String location, int status) throws IOException {
        sendRedirect(location, status, true);
    }

    @Override
    public void sendRedirect(String location, boolean clearBuffer) throws IOException {
        sendRedirect(location, SC_FOUND, clearBuffer);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        if (beforeSending(clearBuffer)) {
            super.sendRedirect(location, status, clearBuffer);
        }
    }

    private boolean beforeSending(boolean clearBuffer) throws IOException {
        if (clearBuffer && !isCommitted()) {
            restart();
        } else {
            release();
        }
        return open();
    }

    /** Session ids never go into URLs. */
    @Override
    public String encodeURL(String url) {
        return url;
    }

    @Override
    public String encodeRedirectURL(String url) {
        return url;
    }
}
