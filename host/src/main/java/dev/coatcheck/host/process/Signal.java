package dev.coatcheck.host.process;

import java.util.Optional;

/** A POSIX signal, named without its {@code SIG}. The numbers are those that Linux and macOS share. */
public enum Signal {
    HUP(1),
    INT(2),
    QUIT(3),
    ILL(4),
    TRAP(5),
    ABRT(6),
    FPE(8),
    KILL(9),
    SEGV(11),
    PIPE(13),
    ALRM(14),
    TERM(15);

    private final int number;

    Signal(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    static Optional<Signal> of(int number) {
        for (Signal signal : values()) {
            if (signal.number == number) {
                return Optional.of(signal);
            }
        }
        return Optional.empty();
    }
}
