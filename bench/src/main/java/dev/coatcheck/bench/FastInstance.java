package dev.coatcheck.bench;

import io.undertow.Undertow;
import io.undertow.util.Headers;

/** An instance that costs next to nothing, so that what stands in front of it is what is measured. */
final class FastInstance {
    private static final String BODY = "x".repeat(128);

    private FastInstance() {}

    /** The only argument is the TCP port to listen on. */
    public static void main(String[] arguments) {
        Undertow.builder()
                .addHttpListener(Integer.parseInt(arguments[0]), "127.0.0.1")
                .setIoThreads(1)
                .setWorkerThreads(1)
                .setHandler(exchange -> {
                    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain");
                    exchange.getResponseSender().send(BODY);
                })
                .build()
                .start();
    }
}
