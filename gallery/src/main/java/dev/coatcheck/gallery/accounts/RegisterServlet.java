package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.http.Json;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;

/** {@code POST /register}: 201, 409 where the address is taken, 422 with the reason where something is not acceptable. */
public final class RegisterServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Accounts accounts;
    private final transient Passwords passwords;

    public RegisterServlet(Accounts accounts, Passwords passwords) {
        this.accounts = accounts;
        this.passwords = passwords;
    }

    private record Registered(String email) {}

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var body = Json.readObject(request);
        var email = Email.normalised(Json.text(body, "email"))
                .orElseThrow(() -> new ApiException(422, "invalid_email", "This is not an e-mail address."));
        var password = Json.text(body, "password");
        PasswordRules.objection(password, email).ifPresent(reason -> {
            throw new ApiException(422, "invalid_password", reason);
        });
        if (!accounts.add(new Account(UUID.randomUUID(), email, passwords.hash(password)))) {
            throw new ApiException(409, "email_taken", "There is an account with this e-mail address already.");
        }
        Json.write(response, HttpServletResponse.SC_CREATED, new Registered(email));
    }
}
