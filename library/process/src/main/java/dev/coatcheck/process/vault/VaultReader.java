package dev.coatcheck.process.vault;

import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads from the Vault that the variables name. Keeps the token that a role was given, and no connection. */
final class VaultReader implements SecretSource.Reader {
    private final SecretSource.Variables variables;
    private volatile @Nullable Session session;

    /** A login that has succeeded. */
    private record Session(VaultLogin.Role role, String token, long begun, Duration life) {
        boolean isFor(VaultLogin.Role other) {
            boolean young = life.isZero() || System.nanoTime() - begun < life.toNanos() / 2;
            return young && role.equals(other);
        }
    }

    VaultReader(SecretSource.Variables variables) {
        this.variables = variables;
    }

    @Override
    public String read(String path) throws SecretException {
        var login = VaultLogin.of(variables);
        try (var vault = VaultServer.of(variables)) {
            var known = session;
            var answer = vault.get(path, token(vault, login));
            if (answer.status() == 403 && known != null && known.equals(session)) {
                // A token may be revoked before its time.
                session = null;
                answer = vault.get(path, token(vault, login));
            }
            return data(vault, path, answer);
        }
    }

    private String token(VaultServer vault, VaultLogin login) throws SecretException {
        return switch (login) {
            case VaultLogin.Token fixed -> fixed.token();
            case VaultLogin.Role role -> {
                var known = session;
                if (known == null || !known.isFor(role)) {
                    known = begin(vault, role);
                    session = known;
                }
                yield known.token();
            }
        };
    }

    private static Session begin(VaultServer vault, VaultLogin.Role role) throws SecretException {
        long begun = System.nanoTime();
        var answer = vault.post("auth/" + role.mount() + "/login", role.proof());
        var token = answer.body().path("auth").path("client_token").asString("");
        if (answer.status() != 200 || token.isEmpty()) {
            throw new SecretException(
                    "needs a log-in by %s, which %s refuses (%d)".formatted(role.shown(), vault, answer.status()),
                    "Check the role and its policies, and that its method is mounted at auth/" + role.mount() + ".");
        }
        var life = Duration.ofSeconds(
                Math.max(0, answer.body().path("auth").path("lease_duration").asLong(0)));
        return new Session(role, token, begun, life);
    }

    private static String data(VaultServer vault, String path, VaultServer.Answer answer) throws SecretException {
        var data = answer.body().path("data").path("data");
        if (answer.status() == 200 && data.isObject()) {
            return data.toString();
        }
        throw switch (answer.status()) {
            case 200 ->
                new SecretException(
                        vault + " does not keep as a secret of a key-value engine of version 2", advice(path));
            case 403 ->
                new SecretException(
                        vault + " does not let this process read (403)",
                        "Give its policy the capability \"read\" on " + path + ", and see that its token is alive.");
            case 404 -> new SecretException(vault + " does not have, or has no more (404)", advice(path));
            case 429 -> new SecretException(vault + " does not show for now, with too much to do (429)");
            case 503 -> new SecretException(vault + " does not show, since it is sealed or under maintenance (503)");
            default -> new SecretException(vault + " did not show (status " + answer.status() + ")");
        };
    }

    private static String advice(String path) {
        return path.contains("/data/")
                ? "See what is there: vault read " + path
                : "After the engine's mount the path of version 2 goes on with data/, as in secret/data/gallery.";
    }
}
