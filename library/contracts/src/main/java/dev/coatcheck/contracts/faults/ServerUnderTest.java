package dev.coatcheck.contracts.faults;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** A server of a test class's own, and the trouble that a contract makes for it. It stays on its TCP port. */
public interface ServerUnderTest {
    int tcpPort();

    /** Ends it as a crash does. */
    void kill();

    /** Starts it where it does not run, and waits until it answers. */
    void start();

    /** Leaves no room for anything new; a test that needs this is skipped where the server drops what is old instead. */
    default void fill() {
        assumeTrue(false, "this server is never full");
    }

    /** Ends what {@link #fill()} did. */
    default void makeRoom() {}
}
