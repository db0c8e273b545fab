package dev.coatcheck.servlet;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import java.io.IOException;

/** A body that stays open beneath whoever closes it: closed to them, as they expect, and still to be read by others. */
final class OpenRequestBody extends ServletInputStream {
    private final ServletInputStream body;
    private boolean closed;

    OpenRequestBody(ServletInputStream body) {
        this.body = body;
    }

    private ServletInputStream open() throws IOException {
        if (closed) {
            throw new IOException("the body of this request was closed before");
        }
        return body;
    }

    @Override
    public int read() throws IOException {
        return open().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return open().read(buffer, offset, length);
    }

    @Override
    public int available() throws IOException {
        return open().available();
    }

    @Override
    public void close() {
        closed = true;
    }

    @Override
    public boolean isFinished() {
        return body.isFinished();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setReadListener(ReadListener listener) {
        body.setReadListener(listener);
    }
}
