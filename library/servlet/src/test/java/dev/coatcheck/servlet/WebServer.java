package dev.coatcheck.servlet;

import java.net.URI;

/** A running servlet container with one application in it, on a TCP port of its own. */
interface WebServer extends AutoCloseable {
    URI uri();

    @Override
    void close();
}
