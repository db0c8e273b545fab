package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import dev.coatcheck.gallery.http.Json;
import dev.coatcheck.servlet.ClientAddress;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.limits.Limits;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/** {@code POST /login}: 200 and the session's cookie; 401; 429 with {@code Retry-After} after too many failures. */
public final class LoginServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient Accounts accounts;
    private final transient Passwords passwords;
    private final transient LogInAttempts attempts;
    private final transient ClientAddress visitor;
    private final transient Channels channels;

    public LoginServlet(
            Accounts accounts, Passwords passwords, Limits limits, ClientAddress visitor, Channels channels) {
        this.accounts = accounts;
        this.passwords = passwords;
        this.attempts = new LogInAttempts(limits);
        this.visitor = visitor;
        this.channels = channels;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        var body = Json.readObject(request);
        var typed = Json.text(body, "email");
        var password = Json.text(body, "password");
        var email = Email.normalised(typed).orElseThrow(LoginServlet::refused);
        if (password.length() > 2 * PasswordRules.MAX_LENGTH) {
            throw refused();
        }
        var address = visitor.apply(request).orElseThrow();
        var account = attempts.attempt(email, address, () -> authenticate(email, password))
                .orElseThrow(LoginServlet::refused);
        User.logIn(request, account, channels);
        Json.write(response, HttpServletResponse.SC_OK, MeServlet.Me.of(account.email()));
    }

    private Optional<Account> authenticate(String email, String password) {
        var account = accounts.find(email);
        return passwords.matches(account, password) ? account : Optional.empty();
    }

    private static ApiException refused() {
        return new ApiException(401, "wrong_credentials", "The e-mail address or the password is wrong.");
    }
}
