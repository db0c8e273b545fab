package dev.coatcheck.prove.isolation;

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A server of one page. Arguments: the address and the TCP port to listen on, and the page. */
final class OnePage {
    private OnePage() {}

    public static void main(String[] arguments) throws Exception {
        start(new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1])), arguments[2]);
    }

    static HttpServer start(InetSocketAddress address, String page) throws Exception {
        HttpServer server = HttpServer.create(address, 0);
        byte[] body = page.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        return server;
    }
}
