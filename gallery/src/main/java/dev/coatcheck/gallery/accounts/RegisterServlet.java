package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code POST /register}: 201, 409 where the address is taken, 422 with the reason where something is not acceptable. */
public final class RegisterServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Registration registration;

    public RegisterServlet(Registration registration) {
        this.registration = registration;
    }

    private record Registered(String email) {}

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var body = Json.readObject(request);
        var email = registration.register(Json.text(body, "email"), Json.text(body, "password"));
        Json.write(response, HttpServletResponse.SC_CREATED, new Registered(email));
    }
}
