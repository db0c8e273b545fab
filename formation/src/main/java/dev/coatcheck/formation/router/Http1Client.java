package dev.coatcheck.formation.router;

import io.undertow.server.HttpServerExchange;
import org.xnio.IoUtils;

/** A client that speaks HTTP/1.1: whatever happens to its request happens to its connection. */
record Http1Client(HttpServerExchange exchange) implements ClientEnd {

    @Override
    public void requestRead() {
        DepartureWatch.begin(exchange);
    }

    @Override
    public boolean hasLeft() {
        // The watch closes the connection, and that ends the exchange.
        return false;
    }

    @Override
    public void dropRestOfRequest(Runnable progress) {
        LingeringClose.begin(exchange, progress);
    }

    @Override
    public void cut() {
        IoUtils.safeClose(exchange.getConnection());
    }

    @Override
    public void over() {}
}
