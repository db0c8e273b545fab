package dev.coatcheck.gallery.photos;

import dev.coatcheck.gallery.http.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Locale;
import java.util.Optional;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;

/**
 * One field of a multipart form, as a stream: what the servlet API offers would first put all of it into memory or into a
 * file. Jetty's parser is pushed as much as the reader pulls.
 */
final class FormFile extends InputStream {
    private static final int BUFFER = 16 * 1024;
    private static final int MAX_PARTS = 16;
    private static final int MAX_PART_HEADERS = 8 * 1024;

    private final InputStream body;
    private final MultiPart.Parser parser;
    private final String field;
    private final long maxBytes;
    private final Deque<ByteBuffer> content = new ArrayDeque<>();
    private State state = State.BEFORE;
    private long taken;

    /** Where the parser is, seen from the field. */
    private enum State {
        BEFORE,
        WITHIN,
        AFTER,
        /** The form has ended, and the field was not in it. */
        MISSING,
        MALFORMED
    }

    /** The body is no multipart form, or ends before the form does. */
    static final class MalformedFormException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private FormFile(InputStream body, String boundary, String field, long maxBytes) {
        this.body = body;
        this.field = field;
        this.maxBytes = maxBytes;
        this.parser = new MultiPart.Parser(boundary, new Listener());
        this.parser.setMaxParts(MAX_PARTS);
        this.parser.setPartHeadersMaxLength(MAX_PART_HEADERS);
    }

    /**
     * Reads up to the beginning of a field.
     *
     * @param maxBytes how long the whole form may be; its declared length need not be true, or there
     * @throws ApiException 413 where the form is longer, also while the field is read; 415 where the request has no form,
     *     422 where the form has no such field
     */
    static FormFile open(HttpServletRequest request, String field, long maxBytes) throws IOException {
        var file = new FormFile(
                request.getInputStream(),
                boundary(request.getContentType())
                        .orElseThrow(() -> new ApiException(
                                415,
                                "not_a_form",
                                "A photo is uploaded as multipart/form-data, in the field \"" + field + "\".")),
                field,
                maxBytes);
        while (file.state == State.BEFORE) {
            file.advance();
        }
        if (file.state == State.MISSING) {
            throw new ApiException(422, "no_photo", "The form has no field \"" + field + "\".");
        }
        return file;
    }

    private static Optional<String> boundary(@Nullable String contentType) {
        if (contentType == null || !contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")) {
            return Optional.empty();
        }
        return Optional.ofNullable(MultiPart.extractBoundary(contentType)).filter(boundary -> !boundary.isEmpty());
    }

    /** Gives the parser what comes next. */
    private void advance() throws IOException {
        var buffer = new byte[BUFFER]; // not used again, since the parser keeps slices of it
        int read = body.read(buffer);
        taken += Math.max(read, 0);
        if (taken > maxBytes) {
            throw new ApiException(413, "form_too_large", "The form is larger than " + maxBytes + " bytes.");
        }
        parser.parse(read < 0 ? Content.Chunk.EOF : Content.Chunk.from(ByteBuffer.wrap(buffer, 0, read), false));
        boolean unfinished = read < 0 && (state == State.BEFORE || state == State.WITHIN);
        if (state == State.MALFORMED || unfinished) {
            throw new MalformedFormException();
        }
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (content.isEmpty()) {
            if (state != State.WITHIN) {
                return -1;
            }
            advance();
        }
        var next = content.getFirst();
        int read = Math.min(length, next.remaining());
        next.get(bytes, offset, read);
        if (!next.hasRemaining()) {
            content.removeFirst();
        }
        return read;
    }

    private final class Listener implements MultiPart.Parser.Listener {
        private boolean wanted;

        @Override
        public void onPartHeader(String name, String value) {
            if (name.equalsIgnoreCase("Content-Disposition")) {
                var parameters = new HashMap<String, String>();
                HttpField.getValueParameters(value, parameters);
                wanted = field.equals(parameters.get("name"));
            }
        }

        @Override
        public void onPartHeaders() {
            if (wanted && state == State.BEFORE) {
                state = State.WITHIN;
            }
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            if (wanted && state == State.WITHIN && chunk.hasRemaining()) {
                content.addLast(chunk.getByteBuffer().slice());
            }
        }

        @Override
        public void onPartEnd() {
            if (wanted && state == State.WITHIN) {
                state = State.AFTER;
            }
            wanted = false;
        }

        @Override
        public void onComplete() {
            state = state == State.BEFORE ? State.MISSING : State.AFTER;
        }

        @Override
        public void onFailure(Throwable failure) {
            state = State.MALFORMED;
        }
    }
}
