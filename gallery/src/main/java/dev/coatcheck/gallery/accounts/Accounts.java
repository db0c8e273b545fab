package dev.coatcheck.gallery.accounts;

import dev.coatcheck.gallery.database.GalleryDatabase;
import java.util.Optional;
import java.util.UUID;

/** The table of accounts. */
public final class Accounts {
    private final GalleryDatabase database;

    public Accounts(GalleryDatabase database) {
        this.database = database;
    }

    /** Adds an account; false where the address has one. */
    boolean add(Account account) {
        return database.ask("add an account", connection -> {
            try (var insert = connection.prepareStatement(
                    "INSERT INTO accounts (id, email, password_hash) VALUES (?, ?, ?) ON CONFLICT (email) DO NOTHING")) {
                insert.setObject(1, account.id());
                insert.setString(2, account.email());
                insert.setString(3, account.passwordHash());
                return insert.executeUpdate() == 1;
            }
        });
    }

    Optional<Account> find(String email) {
        return database.ask("find an account", connection -> {
            try (var query =
                    connection.prepareStatement("SELECT id, email, password_hash FROM accounts WHERE email = ?")) {
                query.setString(1, email);
                try (var rows = query.executeQuery()) {
                    return rows.next()
                            ? Optional.of(
                                    new Account(rows.getObject(1, UUID.class), rows.getString(2), rows.getString(3)))
                            : Optional.empty();
                }
            }
        });
    }
}
