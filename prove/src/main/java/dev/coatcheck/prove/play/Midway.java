package dev.coatcheck.prove.play;

import java.io.IOException;

/** What is done while a request is under way: half of its body was sent. What has no body at all has no middle. */
@FunctionalInterface
public interface Midway {
    /** Nothing; the request is sent at once. */
    Midway NOTHING = _ -> {};

    /** Knows of the answer to a request that is not whole yet. */
    @FunctionalInterface
    interface Answering {
        /** Whether the other side has begun to answer, or has closed the connection; takes a few milliseconds. */
        boolean hasBegun() throws IOException;
    }

    /**
     * On the thread that sends the request, which is interrupted when its time is over.
     *
     * @throws IOException where the request is to be given up
     */
    void run(Answering answering) throws IOException;
}
