package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.Json;
import dev.coatcheck.process.Instance;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code GET /me}: who is logged in, and which instance says so; 401 where nobody is. */
public final class MeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** What there is to say of the user. */
    record Me(String email, String instance) {
        static Me of(String email) {
            return new Me(email, Instance.name());
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Json.write(
                response, HttpServletResponse.SC_OK, Me.of(User.require(request).email()));
    }
}
