package dev.coatcheck.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;

/** An answer that is held by a filter of the application's own, as those are that log or compress, and copied at the end. */
final class CopiedAnswer extends HttpServletResponseWrapper {
    private final StringWriter held = new StringWriter();
    private final PrintWriter writer = new PrintWriter(held);

    CopiedAnswer(HttpServletResponse answer) {
        super(answer);
    }

    @Override
    public PrintWriter getWriter() {
        return writer;
    }

    @Override
    public ServletOutputStream getOutputStream() {
        throw new IllegalStateException("this answer is written with a writer");
    }

    void copy() throws IOException {
        getResponse().getWriter().print(held);
    }
}
