package dev.coatcheck.process.vault;

import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;

/** Reads from the Vault that the variables name. Keeps the token that a role was given, and no connection. */
final class VaultReader implements SecretSource.Reader {
    private final SecretSource.Variables variables;
    private final VaultSession session;

    VaultReader(SecretSource.Variables variables, VaultSession session) {
        this.variables = variables;
        this.session = session;
    }

    @Override
    public String read(String path) throws SecretException {
        if (!path.contains("/data/")) {
            // Before it is asked for: each reading of a dynamic secret makes another.
            throw new SecretException("is not the path of a key-value engine of version 2", advice(path));
        }
        var login = VaultLogin.of(variables);
        try (var vault = VaultServer.of(variables)) {
            return data(
                    vault,
                    path,
                    switch (login) {
                        case VaultLogin.Token fixed -> vault.get(path, fixed.token());
                        case VaultLogin.Role role -> get(vault, path, role);
                    });
        }
    }

    private VaultServer.Answer get(VaultServer vault, String path, VaultLogin.Role role) throws SecretException {
        var token = session.token(vault, role);
        var answer = vault.get(path, token.text());
        if (answer.status() == 403) {
            var other = session.insteadOf(token, vault, role);
            return other == token ? answer : vault.get(path, other.text());
        }
        return answer;
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
