/** Secrets from HashiCorp Vault or OpenBao; {@link dev.coatcheck.process.vault.VaultSource} says how. */
@NullMarked
package dev.coatcheck.process.vault;

import org.jspecify.annotations.NullMarked;
