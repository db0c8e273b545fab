package dev.coatcheck.servlet;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.Part;
import java.io.BufferedReader;
import java.io.FilterReader;
import java.io.IOException;
import java.util.Collection;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether somebody wanted the body, and in which of the ways to read it. The application closes what it was given and
 * not what the container has, so that the rest can be read. Not thread-safe, as requests are not.
 */
final class WatchedBodyRequest extends HttpServletRequestWrapper {
    private static final int BUFFER = 16 * 1024;
    private static final Set<String> FORMS = Set.of("application/x-www-form-urlencoded", "multipart/form-data");

    private boolean bodyWanted;
    private @Nullable ServletInputStream stream;
    private @Nullable BufferedReader reader;

    WatchedBodyRequest(HttpServletRequest request) {
        super(request);
    }

    boolean isBodyWanted() {
        return bodyWanted;
    }

    /** Reads on, in pieces. */
    @FunctionalInterface
    interface Rest {
        /** Reads some, and tells how much of whatever it was; negative at the end. */
        long next() throws IOException;
    }

    /** What nobody has read yet, in the one way that is left to read it. */
    Rest rest() throws IOException {
        if (reader != null) {
            var characters = super.getReader();
            var buffer = new char[BUFFER];
            return () -> characters.read(buffer);
        }
        var bytes = super.getInputStream();
        var buffer = new byte[BUFFER];
        return () -> bytes.read(buffer);
    }

    @Override
    public ServletInputStream getInputStream() throws IOException {
        bodyWanted = true;
        if (stream == null) {
            stream = new OpenRequestBody(super.getInputStream());
        }
        return stream;
    }

    @Override
    public BufferedReader getReader() throws IOException {
        if (reader == null) {
            reader = new BufferedReader(new FilterReader(super.getReader()) {
                @Override
                public void close() {
                    // The rest is read from it.
                }
            });
        }
        bodyWanted = true;
        return reader;
    }

    // The body may be a form, and its fields are parameters. Of a body of any other kind nothing is read for them.

    private void wantForm() {
        var type = getContentType();
        if (type != null && FORMS.contains(type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))) {
            bodyWanted = true;
        }
    }

    @Override
    public @Nullable String getParameter(String name) {
        wantForm();
        return super.getParameter(name);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        wantForm();
        return super.getParameterMap();
    }

    @Override
    public Enumeration<String> getParameterNames() {
        wantForm();
        return super.getParameterNames();
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        wantForm();
        return super.getParameterValues(name);
    }

    @Override
    public Collection<Part> getParts() throws IOException, ServletException {
        wantForm();
        return super.getParts();
    }

    @Override
    public @Nullable Part getPart(String name) throws IOException, ServletException {
        wantForm();
        return super.getPart(name);
    }
}
