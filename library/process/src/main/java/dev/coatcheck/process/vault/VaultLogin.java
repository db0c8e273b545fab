package dev.coatcheck.process.vault;

import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** How this process shows Vault who it is. */
sealed interface VaultLogin {
    /** Where Kubernetes puts the token of a pod's service account. */
    Path SERVICE_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

    record Token(String token) implements VaultLogin {
        @Override
        public String toString() {
            return "a token";
        }
    }

    /**
     * A login that gives a token for a while.
     *
     * @param proof the body of the request
     */
    record Role(String shown, String mount, Map<String, String> proof) implements VaultLogin {
        /** Without the proof. */
        @Override
        public String toString() {
            return shown;
        }
    }

    static VaultLogin of(SecretSource.Variables variables) throws SecretException {
        var token = variables.get("VAULT_TOKEN");
        var kubernetes = variables.get("VAULT_KUBERNETES_ROLE");
        var appRole = variables.get("VAULT_ROLE_ID");
        if (Stream.of(token, kubernetes, appRole).filter(Optional::isPresent).count() != 1) {
            throw new SecretException(
                    "needs one log-in to Vault, and there is none or more than one",
                    "Set one of VAULT_TOKEN, VAULT_TOKEN_FILE, VAULT_KUBERNETES_ROLE, and VAULT_ROLE_ID with VAULT_SECRET_ID.");
        }
        if (token.isPresent()) {
            return new Token(VaultServer.inHeader("VAULT_TOKEN", token.get()));
        }
        return kubernetes.isPresent()
                ? kubernetes(variables, kubernetes.get())
                : appRole(variables, appRole.orElseThrow());
    }

    private static Role kubernetes(SecretSource.Variables variables, String role) throws SecretException {
        var given = variables.get("VAULT_KUBERNETES_JWT");
        return new Role(
                "the role " + role + " of Kubernetes",
                mount(variables, "VAULT_KUBERNETES_MOUNT", "kubernetes"),
                Map.of("role", role, "jwt", given.isPresent() ? given.get() : serviceAccount()));
    }

    private static Role appRole(SecretSource.Variables variables, String role) throws SecretException {
        var secret = variables.get("VAULT_SECRET_ID");
        if (secret.isEmpty()) {
            throw new SecretException("needs VAULT_SECRET_ID beside VAULT_ROLE_ID", "Set it, or VAULT_SECRET_ID_FILE.");
        }
        return new Role(
                "the AppRole in VAULT_ROLE_ID",
                mount(variables, "VAULT_APPROLE_MOUNT", "approle"),
                Map.of("role_id", role, "secret_id", secret.get()));
    }

    private static String mount(SecretSource.Variables variables, String variable, String usual)
            throws SecretException {
        var mount = variables.get(variable).orElse(usual);
        if (!VaultSource.isPath(mount)) {
            throw new SecretException(
                    "needs " + variable + ", which is no path of Vault",
                    "Expected: such as " + usual + ", with neither auth/ before it nor a / behind it.");
        }
        return mount;
    }

    private static String serviceAccount() throws SecretException {
        try {
            return Files.readString(SERVICE_ACCOUNT).strip();
        } catch (IOException failed) {
            throw new SecretException(
                    "needs the token of the pod's service account in " + SERVICE_ACCOUNT + ", which cannot be read ("
                            + failed.getClass().getSimpleName() + ")",
                    "Outside of a pod, set another log-in than VAULT_KUBERNETES_ROLE, or VAULT_KUBERNETES_JWT_FILE.");
        }
    }
}
