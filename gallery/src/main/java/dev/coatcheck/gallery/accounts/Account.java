package dev.coatcheck.gallery.accounts;

import java.util.UUID;

/**
 * Somebody who registered.
 *
 * @param email as {@link Email} normalises it
 * @param passwordHash in the form of {@link Passwords}
 */
record Account(UUID id, String email, String passwordHash) {}
