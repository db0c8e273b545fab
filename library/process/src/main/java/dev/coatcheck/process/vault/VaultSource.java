package dev.coatcheck.process.vault;

import dev.coatcheck.process.config.SecretSource;
import java.util.regex.Pattern;

/**
 * Secrets of HashiCorp Vault, or OpenBao, in a key-value engine of version 2. A reference is the path of the API and a field:
 * {@code vault:secret/data/gallery#database-url}.
 *
 * <p>{@code VAULT_ADDR} says where Vault is, {@code VAULT_NAMESPACE} in which namespace, {@code VAULT_CACERT} names a file
 * with the authorities to trust instead of the JVM's (PEM). The process logs in with one of
 *
 * <ul>
 *   <li>{@code VAULT_TOKEN}, or {@code VAULT_TOKEN_FILE}, read anew each time, as Vault's agent writes it;
 *   <li>{@code VAULT_KUBERNETES_ROLE}, by the pod's service account; {@code VAULT_KUBERNETES_MOUNT} where the method is mounted
 *       elsewhere than at {@code kubernetes}; {@code VAULT_KUBERNETES_JWT_FILE} where its token lies elsewhere than usual;
 *   <li>{@code VAULT_ROLE_ID} and {@code VAULT_SECRET_ID}, by AppRole; {@code VAULT_APPROLE_MOUNT} likewise.
 * </ul>
 *
 * <p>Reading costs one GET, on a connection of its own, and by a role one login before for each half of its token's life, however
 * many read. Where that is refused the token is used to its end; one that was revoked is replaced when it is a minute old. A
 * token is neither renewed nor revoked. Safe for use by several threads.
 */
public final class VaultSource implements SecretSource {
    /** Not dots alone, which would lead out of the engine. */
    private static final String SEGMENT = "(?!\\.{1,2}(?:[/#]|$))[\\w.~@:+=-]+";

    private static final Pattern PATH = Pattern.compile(SEGMENT + "(?:/" + SEGMENT + ")*");
    private static final Pattern REFERENCE = Pattern.compile(SEGMENT + "(?:/" + SEGMENT + ")+#[^#\\s]+");

    @Override
    public String name() {
        return "vault";
    }

    @Override
    public String example() {
        return "secret/data/gallery#database-url";
    }

    @Override
    public boolean isReference(String text) {
        return REFERENCE.matcher(text).matches();
    }

    /** Whether it can be put into the path of a request as it is. */
    static boolean isPath(String text) {
        return PATH.matcher(text).matches();
    }

    @Override
    public Reader reader(Variables variables) {
        return new VaultReader(variables, new VaultSession(VaultSession.PAUSE));
    }
}
