package dev.coatcheck.process.vault;

import dev.coatcheck.process.config.SecretException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The token that a role was given, for all who read. One of them logs in, and the others wait for that: what proves the role
 * may be good for one login only.
 */
final class VaultSession {
    /** How long after a login, or a vain one, a token that may still be good is kept without another. */
    static final Duration PAUSE = Duration.ofMinutes(1);

    private final Duration pause;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Token token;
    private long tried;

    /** What a login gave; the same one only where it is the same object. */
    static final class Token {
        private final String text;
        private final Duration life;
        private final long begun;

        private Token(String text, Duration life, long begun) {
            this.text = text;
            this.life = life;
            this.begun = begun;
        }

        String text() {
            return text;
        }

        /** Whether a part of its life is over, if it ever ends. */
        private boolean isThrough(Duration part) {
            return !life.isZero() && System.nanoTime() - begun > part.toNanos();
        }
    }

    VaultSession(Duration pause) {
        this.pause = pause;
    }

    /** What to read with. From half its life on another is asked for; where that is in vain it is good until its end. */
    Token token(VaultServer vault, VaultLogin.Role role) throws SecretException {
        begin();
        try {
            var known = token;
            if (known == null || known.isThrough(known.life)) {
                return logIn(vault, role);
            }
            return known.isThrough(known.life.dividedBy(2)) && mayTry(known) ? orKnown(known, vault, role) : known;
        } finally {
            lock.unlock();
        }
    }

    /**
     * What to read with after {@code refused} was refused, which may have been revoked before its time. The same where it is
     * so young that rather the path is forbidden: each login leaves a token behind.
     */
    Token insteadOf(Token refused, VaultServer vault, VaultLogin.Role role) throws SecretException {
        begin();
        try {
            var known = token;
            if (known != null && known != refused) {
                return known;
            }
            return mayTry(refused) ? logIn(vault, role) : refused;
        } finally {
            lock.unlock();
        }
    }

    private Token orKnown(Token known, VaultServer vault, VaultLogin.Role role) {
        try {
            return logIn(vault, role);
        } catch (SecretException refused) {
            return known;
        }
    }

    private boolean mayTry(Token known) {
        var quarter = known.life.dividedBy(4);
        var least = known.life.isZero() || quarter.compareTo(pause) > 0 ? pause : quarter;
        return System.nanoTime() - tried > least.toNanos();
    }

    private Token logIn(VaultServer vault, VaultLogin.Role role) throws SecretException {
        tried = System.nanoTime();
        var answer = vault.post("auth/" + role.mount() + "/login", role.proof());
        var auth = answer.body().path("auth");
        var text = auth.path("client_token").asString("");
        if (answer.status() != 200 || text.isEmpty()) {
            throw refused(vault, role, answer.status());
        }
        var life = Duration.ofSeconds(Math.max(0, auth.path("lease_duration").asLong(0)));
        var given = new Token(text, life, tried);
        token = given;
        return given;
    }

    private static SecretException refused(VaultServer vault, VaultLogin.Role role, int status) {
        var what = "needs a log-in by " + role.shown() + ", which " + vault;
        var advice = "Check the role and its policies, and that its method is mounted at auth/" + role.mount() + ".";
        return switch (status) {
            case 400, 403 -> new SecretException(what + " refuses (" + status + ")", advice);
            case 404 -> new SecretException(what + " does not know (404)", advice);
            case 429 -> new SecretException(what + " does not answer for now, with too much to do (429)");
            case 503 -> new SecretException(what + " does not answer, since it is sealed or under maintenance (503)");
            default -> new SecretException(what + " did not answer with a token (status " + status + ")");
        };
    }

    private void begin() throws SecretException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SecretException("was not waited for, since the thread was interrupted");
        }
    }
}
