package dev.coatcheck.servlet;

import java.io.IOException;

/** Asked by a body before its first byte can reach the container, which may commit the response with it. */
interface CommitGate {
    /** Returns false where the response has been refused: the body is to be thrown away then */
    boolean open() throws IOException;

    /** Whether the response has been refused. */
    boolean isRefused();
}
