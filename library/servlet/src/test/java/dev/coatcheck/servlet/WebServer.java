package dev.coatcheck.servlet;

import java.net.URI;
import java.util.Map;

/** A running servlet container with one application in it, on a TCP port of its own. */
interface WebServer extends AutoCloseable {
    URI uri();

    @Override
    void close();

    /** Starts one kind of container. */
    interface Starter {
        /** @param pages by path */
        WebServer start(SessionFilter filter, Map<String, Page> pages);
    }
}
