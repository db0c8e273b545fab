package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.http.ApiException;
import java.util.UUID;

/** Makes accounts, for whoever asks: a visitor or an operator. */
public final class Registration {
    private final Accounts accounts;
    private final Passwords passwords;

    public Registration(Accounts accounts, Passwords passwords) {
        this.accounts = accounts;
        this.passwords = passwords;
    }

    /**
     * Adds an account.
     *
     * @param typed an e-mail address, as somebody typed it
     * @return the address as the account has it
     * @throws ApiException 409 where the address is taken, 422 with the reason where something is not acceptable
     */
    public String register(String typed, String password) {
        var email = Email.normalised(typed)
                .orElseThrow(() -> new ApiException(422, "invalid_email", "This is not an e-mail address."));
        PasswordRules.objection(password, email).ifPresent(reason -> {
            throw new ApiException(422, "invalid_password", reason);
        });
        if (!accounts.add(new Account(UUID.randomUUID(), email, passwords.hash(password)))) {
            throw new ApiException(409, "email_taken", "There is an account with this e-mail address already.");
        }
        return email;
    }
}
