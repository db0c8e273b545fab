package dev.coatcheck.servlet;

import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.idempotency.Claim;
import dev.coatcheck.state.idempotency.Idempotency;
import dev.coatcheck.state.idempotency.RecordResult.Recorded;
import dev.coatcheck.state.idempotency.RecordResult.Superseded;
import dev.coatcheck.state.idempotency.RecordResult.TooLarge;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Keeps the answer before the client can have all of it, so that a client which has it never has the request run again. */
final class KeepingResponse extends HttpServletResponseWrapper implements HeldResponse {
    private static final System.Logger LOG = System.getLogger(IdempotencyFilter.class.getName());

    private final Idempotency idempotency;
    private final IdempotencyFilterSettings settings;
    private final Claim claim;
    private final ClaimRenewal renewal;
    private @Nullable KeptBody body;
    private @Nullable PrintWriter writer;
    private boolean streams;
    private boolean ended;
    private boolean sent;
    private volatile boolean async;

    /** @param renewal of the claim, which ends with this */
    KeepingResponse(
            HttpServletResponse response,
            Idempotency idempotency,
            IdempotencyFilterSettings settings,
            Claim claim,
            ClaimRenewal renewal) {
        super(response);
        this.idempotency = idempotency;
        this.settings = settings;
        this.claim = claim;
        this.renewal = renewal;
    }

    /** Whether the answer comes later than the end of the dispatch that is going on. */
    boolean isAsync() {
        return async;
    }

    void async(boolean later) {
        async = later;
    }

    @Override
    public void finish() throws IOException {
        if (sent) {
            return;
        }
        if (!ended) {
            end(new KeptAnswer.Whole(getStatus(), headers(), heldBody()), getStatus());
            announceLength();
        }
        pass();
    }

    /**
     * Called before a forward, at which the container forgets what lies in its own buffer, and may not know of this one.
     */
    void forget() {
        if (!sent && !isCommitted()) {
            restart();
        }
    }

    /**
     * Called at the end of a forward, after which the container closes the response. Where nothing has come here, a wrapper
     * in between has the body, and goes on later.
     */
    void finishForward() throws IOException {
        if (!async && heldBody().length > 0) {
            finish();
        }
    }

    /** Nothing is passed on before the answer is whole. */
    @Override
    public void release() {}

    /** Called when the application failed: it may be tried again. */
    void abandon() {
        if (!ended) {
            ended = true;
            renewal.close();
            giveBack();
        }
    }

    /** Called when the container is done with the request, whether or not the application is. */
    void over() {
        renewal.close();
    }

    private void end(KeptAnswer answer, int status) {
        if (ended) {
            return;
        }
        ended = true;
        renewal.close();
        if (settings.kept().statuses().test(status)) {
            keep(answer);
        } else {
            giveBack();
        }
    }

    /** Whatever comes of it, the request was run, and the client is told so. */
    private void keep(KeptAnswer answer) {
        try {
            switch (idempotency.record(claim, KeptAnswerJson.write(answer))) {
                case Recorded() -> {}
                case Superseded() ->
                    LOG.log(
                            WARNING,
                            "a request took longer than the lease of its Idempotency-Key, and was run again meanwhile");
                case TooLarge(long bytes, long maxBytes) ->
                    idempotency.record(claim, KeptAnswerJson.write(new KeptAnswer.NotKept()));
            }
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "an answer is not kept, so that its request may be run again: {0}", e.getMessage());
        }
    }

    private void giveBack() {
        try {
            idempotency.abandon(claim);
        } catch (BackingServiceException e) {
            LOG.log(WARNING, "an Idempotency-Key stays in progress until its lease ends: {0}", e.getMessage());
        }
    }

    private Map<String, List<String>> headers() {
        var kept = new LinkedHashMap<String, List<String>>();
        var type = getContentType();
        if (type != null) {
            kept.put("Content-Type", List.of(type));
        }
        for (var name : settings.kept().headers()) {
            var values = List.copyOf(getHeaders(name));
            if (!values.isEmpty()) {
                kept.put(name, values);
            }
        }
        return kept;
    }

    private byte[] heldBody() {
        if (writer != null) {
            writer.flush();
        }
        return body == null ? new byte[0] : body.held();
    }

    private void announceLength() {
        int length = heldBody().length;
        if (length > 0 && !super.isCommitted() && !containsHeader("Content-Length") && getTrailerFields() == null) {
            setContentLength(length);
        }
    }

    private void pass() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        if (body != null) {
            body.release();
        }
    }

    private void tooLarge() {
        end(new KeptAnswer.NotKept(), getStatus());
    }

    private KeptBody body() throws IOException {
        if (body == null) {
            body = new KeptBody(super.getOutputStream(), settings.kept().maxBytes(), this::tooLarge);
        }
        return body;
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        if (writer != null) {
            throw new IllegalStateException("the application writes this response with a writer");
        }
        streams = true;
        return body();
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        if (streams) {
            throw new IllegalStateException("the application writes this response with a stream");
        }
        if (writer == null) {
            // Said aloud, since the container is not to know that there is a writer.
            setCharacterEncoding(getCharacterEncoding());
            writer = new PrintWriter(new OutputStreamWriter(body(), Charset.forName(getCharacterEncoding())));
        }
        return writer;
    }

    /** What is flushed waits until it is kept, unless it is too large to be. */
    @Override
    public void flushBuffer() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        if (super.isCommitted()) {
            super.flushBuffer();
        }
    }

    @Override
    public void reset() {
        super.reset();
        body = null;
        writer = null;
        streams = false;
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        restart();
    }

    private void restart() {
        if (body != null) {
            body.restart(writer);
        }
    }

    @Override
    public void sendError(int status) throws IOException {
        restart();
        end(new KeptAnswer.ErrorPage(status, ""), status);
        sent = true;
        super.sendError(status);
    }

    @Override
    public void sendError(int status, @Nullable String message) throws IOException {
        restart();
        end(new KeptAnswer.ErrorPage(status, message == null ? "" : message), status);
        sent = true;
        super.sendError(status, message);
    }

    /** Not by way of the others: containers of Servlet 6.0 have none. */
    @Override
    public void sendRedirect(String location) throws IOException {
        keepRedirect(location, SC_FOUND, true);
        super.sendRedirect(location);
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
        keepRedirect(location, status, clearBuffer);
        super.sendRedirect(location, status, clearBuffer);
    }

    private void keepRedirect(String location, int status, boolean clearBuffer) throws IOException {
        if (clearBuffer) {
            restart();
        }
        var headers = headers();
        headers.put("Location", List.of(location));
        end(new KeptAnswer.Whole(status, headers, heldBody()), status);
        if (!clearBuffer) {
            pass();
        }
        sent = true;
    }
}
