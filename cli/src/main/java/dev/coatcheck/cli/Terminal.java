package dev.coatcheck.cli;

/** What is at the other end of standard output and standard error. */
final class Terminal {
    private Terminal() {}

    /** Told by the script that starts this JVM: Java itself knows only whether input and output both are terminals. */
    static boolean isStandardOutput() {
        return Boolean.getBoolean("coatcheck.terminal");
    }

    /** Told by the same script. */
    static boolean isStandardError() {
        return Boolean.getBoolean("coatcheck.terminal.error");
    }

    /** How wide it is, as the shell tells; 80 where it does not. */
    static int columns() {
        String columns = System.getenv().getOrDefault("COLUMNS", "");
        return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : 80;
    }

    /** See no-color.org. */
    static boolean wantsColours() {
        return System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    }
}
