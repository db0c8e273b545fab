package dev.coatcheck.prove.play;

import java.io.IOException;

/** What is done while a request is under way: half of its body was sent. */
@FunctionalInterface
public interface Midway {
    /** Nothing; the request is sent at once. */
    Midway NOTHING = () -> {};

    /**
     * On the thread that sends the request, which is interrupted when its time is over.
     *
     * @throws IOException where the request is to be given up
     */
    void run() throws IOException;
}
