package dev.coatcheck.cli;

/** What is at the other end of standard output. */
final class Terminal {
    private Terminal() {}

    /** Told by the script that starts this JVM: Java itself knows only whether input and output both are terminals. */
    static boolean isStandardOutput() {
        return Boolean.getBoolean("coatcheck.terminal");
    }

    /** See no-color.org. */
    static boolean wantsColours() {
        return System.getenv().getOrDefault("NO_COLOR", "").isEmpty();
    }
}
