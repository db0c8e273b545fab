package dev.coatcheck.host.process;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The small {@code sh} process beside this JVM that ends what the JVM started once the JVM is gone: it reads from a pipe
 * whose other end closes with the JVM, even on SIGKILL. The script beside this class says what it then does.
 */
final class Guardian {
    static final Guardian OF_THIS_JVM = new Guardian(OwnerMark.ofThisJvm());

    private static final String SCRIPT_VARIABLE = "COATCHECK_GUARDIAN_SCRIPT";

    /**
     * A process group.
     *
     * @param id of the group and of its leader
     * @param born when the leader was started, in ticks since boot; who has its number and was started at another time is a stranger.
     *     0 where it had ended before that was known, or where nothing tells
     */
    record Guarded(long id, long born) {
        @Override
        public String toString() {
            return id + ":" + born;
        }
    }

    private final OwnerMark mark;
    private final Set<Guarded> guarded = new HashSet<>();
    private @Nullable Process process;
    private @Nullable BufferedWriter pipe;

    private Guardian(OwnerMark mark) {
        this.mark = mark;
    }

    /** Starts the guardian if it does not run, so that nothing is ever started without one. */
    synchronized void watch() throws IOException {
        if (process != null && process.isAlive()) {
            return;
        }
        // The script travels in a variable, so that a listing of processes shows a name and not sixty lines of shell.
        List<String> command = new ArrayList<>(Session.prefix());
        command.addAll(List.of("sh", "-c", "eval \"$" + SCRIPT_VARIABLE + "\"", "coatcheck-guardian", mark.token()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectOutput(Redirect.DISCARD).redirectError(Redirect.DISCARD);
        builder.environment().put(SCRIPT_VARIABLE, script());
        // A JVM that is itself the child of an owner must not have its guardian killed together with it.
        builder.environment().remove(OwnerMark.VARIABLE);
        process = builder.start();
        pipe = process.outputWriter(StandardCharsets.US_ASCII);
        for (Guarded group : guarded) {
            tell('+', group);
        }
    }

    synchronized void guard(Guarded group) throws IOException {
        guarded.add(group);
        tell('+', group);
    }

    synchronized void release(Guarded group) {
        if (guarded.remove(group)) {
            try {
                tell('-', group);
            } catch (IOException e) {
                // The guardian is gone; the next one is told only about the groups that are left.
            }
        }
    }

    private void tell(char sign, Guarded group) throws IOException {
        if (pipe != null) {
            pipe.write(sign + group.toString() + "\n");
            pipe.flush();
        }
    }

    private static String script() {
        try (InputStream script = Guardian.class.getResourceAsStream("guardian.sh")) {
            if (script == null) {
                throw new IllegalStateException("guardian.sh is missing beside " + Guardian.class);
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read guardian.sh beside " + Guardian.class, e);
        }
    }
}
