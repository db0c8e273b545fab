package dev.coatcheck.host.process;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;

/**
 * The random token by which everything that one JVM started can be told: each child gets it in the environment variable
 * {@value #VARIABLE}, and whatever a child starts inherits it, in whichever session that may be.
 *
 * <p>A program that keeps the token of its JVM in a file can end, at its next start, what a killed predecessor left:
 *
 * <pre>{@code
 * new OwnerMark(Files.readString(state)).killAll(Duration.ofSeconds(5));
 * Files.writeString(state, OwnerMark.ofThisJvm().token());
 * }</pre>
 *
 * <p>Environments are read from {@code /proc}; on a system without one (macOS) nothing is found by its mark.
 *
 * @param token what the variable holds: letters, digits, {@code .} and {@code -}
 */
public record OwnerMark(String token) {
    /**
     * The environment variable. Its value is the mark of the group that the process belongs to; for a group whose owner
     * is itself owned, the marks of all of them, the outermost first, separated by commas.
     */
    public static final String VARIABLE = "COATCHECK_OWNER";

    private static final OwnerMark OF_THIS_JVM = random();

    public OwnerMark {
        if (!token.matches("[A-Za-z0-9.-]{16,}")) {
            throw new IllegalArgumentException("not the token of an owner: '" + token + "'");
        }
    }

    /** The mark of everything that this JVM starts through {@link ProcessGroup}. */
    public static OwnerMark ofThisJvm() {
        return OF_THIS_JVM;
    }

    /**
     * Kills every process that carries this mark, and its descendants, with SIGKILL, again and again until none is left.
     *
     * @return whether none was left within the limit
     */
    public boolean killAll(Duration limit) {
        return Extinction.of(row -> isAmong(carriedBy(row.pid())), limit);
    }

    /** The marks that a process carries, as the variable holds them; empty where it carries none. */
    static String carriedBy(long pid) {
        return ProcessTable.variable(pid, VARIABLE);
    }

    /** Whether this mark, or one that begins with it and a full stop, is among those that a process carries. */
    boolean isAmong(String carried) {
        for (String mark : carried.split(",", -1)) {
            if (mark.equals(token) || mark.startsWith(token + ".")) {
                return true;
            }
        }
        return false;
    }

    private static OwnerMark random() {
        byte[] token = new byte[16];
        new SecureRandom().nextBytes(token);
        return new OwnerMark(HexFormat.of().formatHex(token));
    }
}
