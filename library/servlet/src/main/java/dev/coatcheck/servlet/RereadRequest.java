package dev.coatcheck.servlet;

import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A request whose body was read before the application reads it; it notices nothing. */
final class RereadRequest extends HttpServletRequestWrapper {
    private final byte[] held;
    private @Nullable HeldRequestBody stream;
    private @Nullable BufferedReader reader;
    private @Nullable Map<String, String[]> parameters;

    RereadRequest(HttpServletRequest request, byte[] held) {
        super(request);
        this.held = held;
    }

    @Override
    public ServletInputStream getInputStream() {
        if (reader != null) {
            throw new IllegalStateException("the application reads this request with a reader");
        }
        return stream();
    }

    @Override
    public BufferedReader getReader() {
        if (reader == null) {
            if (stream != null) {
                throw new IllegalStateException("the application reads this request with a stream");
            }
            reader = new BufferedReader(new InputStreamReader(stream(), charset(StandardCharsets.ISO_8859_1)));
        }
        return reader;
    }

    private HeldRequestBody stream() {
        if (stream == null) {
            stream = new HeldRequestBody(held, this::getAsyncContext);
        }
        return stream;
    }

    private Charset charset(Charset otherwise) {
        var named = getCharacterEncoding();
        return named == null ? otherwise : Charset.forName(named);
    }

    @Override
    public Map<String, String[]> getParameterMap() {
        if (!isForm()) {
            return super.getParameterMap();
        }
        if (parameters == null) {
            var charset = charset(StandardCharsets.UTF_8);
            parameters =
                    FormParameters.of(super.getParameterMap(), new String(held, StandardCharsets.ISO_8859_1), charset);
        }
        return parameters;
    }

    @Override
    public @Nullable String getParameter(String name) {
        var values = getParameterMap().get(name);
        return values == null ? null : values[0];
    }

    @Override
    public String @Nullable [] getParameterValues(String name) {
        return getParameterMap().get(name);
    }

    @Override
    public Enumeration<String> getParameterNames() {
        return Collections.enumeration(getParameterMap().keySet());
    }

    private boolean isForm() {
        var type = getContentType();
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/x-www-form-urlencoded");
    }
}
