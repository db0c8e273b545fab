package dev.coatcheck.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;

/** An answer that says how long it is, and of which half is sent. */
final class CutOffAnswer extends HttpServletResponseWrapper {
    CutOffAnswer(HttpServletResponse answer) {
        super(answer);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        var out = super.getOutputStream();
        return new ServletOutputStream() {
            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                setContentLength(length);
                out.write(bytes, offset, length / 2);
                out.flush();
                throw new IOException("the answer is cut off");
            }

            @Override
            public void write(int written) {
                throw new AssertionError("one byte at a time is too little");
            }

            @Override
            public boolean isReady() {
                return true;
            }

            @Override
            public void setWriteListener(WriteListener listener) {
                throw new UnsupportedOperationException("answers that are cut off are written as they come");
            }
        };
    }
}
