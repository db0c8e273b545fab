package dev.coatcheck.formation.supervision;

import dev.coatcheck.host.process.ExitStatus;

/** What the end of a process says to a person. */
public final class ExitWords {
    private ExitWords() {}

    /** {@code exited with status 78, which says that its configuration is wrong}. */
    public static String of(ExitStatus status) {
        return status
                + switch (status.code()) {
                    case 78 -> ", which says that its configuration is wrong";
                    case 126 -> ", which says that its command could not be executed";
                    case 127 -> ", which says that its command was not found";
                    default -> "";
                };
    }

    /**
     * Of one that nobody asked to end.
     *
     * @param inBackground whether processes that it started were still running
     */
    static String unasked(ExitStatus status, boolean inBackground) {
        return of(status)
                + (status.isSuccess() && inBackground
                        ? ", and what it left in the background was ended with it; what is to go on running has to stay in"
                                + " the foreground itself"
                        : "");
    }
}
