package dev.coatcheck.host.process;

import java.util.Optional;

/**
 * How a process ended.
 *
 * @param code what it gave to {@code exit}, or 128 and the number of the signal that ended it. The two cannot be told
 *     apart: a shell, too, exits with 137 when its child was killed
 */
public record ExitStatus(int code) {
    public boolean isSuccess() {
        return code == 0;
    }

    /** The signal that ended it, where the code speaks of one. */
    public Optional<Signal> signal() {
        return code > 128 ? Signal.of(code - 128) : Optional.empty();
    }

    /** In words: {@code exited with status 1}, {@code ended by SIGKILL}. */
    @Override
    public String toString() {
        return signal().map(signal -> "ended by SIG" + signal).orElse("exited with status " + code);
    }
}
