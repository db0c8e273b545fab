package dev.coatcheck.formation.router;

/**
 * The client of one request, as far as HTTP/1.1, where a request has the connection for itself, differs from HTTP/2,
 * where it is one stream of many. Used on the thread of the request's event loop.
 */
interface ClientEnd {

    /** The whole request has been read: from now on the client's leaving is looked out for. */
    void requestRead();

    /** Whether the client is known to have left; asked ten times a second. */
    boolean hasLeft();

    /**
     * The response is out in full, and what the client still sends of its request is not wanted. Whoever calls this
     * bounds it in time.
     *
     * @param progress is run whenever some of it has been dropped
     */
    void dropRestOfRequest(Runnable progress);

    /** Ends the response where it is, so that the client can tell that it is not complete. */
    void cut();

    /** The request is over, in whatever way. */
    void over();
}
