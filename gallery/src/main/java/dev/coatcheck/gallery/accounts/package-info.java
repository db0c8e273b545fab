/** Accounts: register, log in, log out, and who is logged in. */
@NullMarked
package dev.coatcheck.gallery.accounts;

import org.jspecify.annotations.NullMarked;
