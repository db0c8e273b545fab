package dev.coatcheck.contracts.faults;

import dev.coatcheck.state.BackingServiceException;

/**
 * Something that an application does with a port.
 *
 * @param name what it does, for messages
 * @param outage what is promised of it while the store does not answer
 * @param room what it takes of a store that is full
 * @param preparation what is done while all is well
 */
record Operation(String name, Outage outage, Room room, Preparation preparation) {

    /** What is promised while the store does not answer. */
    enum Outage {
        /** A {@link BackingServiceException}. */
        FAILS,
        /** The same as ever. */
        ANSWERS,
        /** The same as ever, or a {@link WithoutStoreException}. */
        GOES_WITHOUT
    }

    /** What is needed of a store that has no room. */
    enum Room {
        /** It works. */
        NONE,
        /** It works, or it is as if the store did not answer. */
        SOME,
        /** It is as if the store did not answer. */
        MUCH
    }

    /** It was done rightly, and as if the store held nothing. */
    static final class WithoutStoreException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        WithoutStoreException() {
            super("what is kept was not served");
        }
    }

    /** Made anew for each time that the operation is done. */
    @FunctionalInterface
    interface Preparation {
        Step prepare() throws Exception;
    }

    /** The operation itself; fails an assertion where its outcome is wrong. */
    @FunctionalInterface
    interface Step {
        void run() throws Exception;
    }
}
