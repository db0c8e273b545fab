package dev.coatcheck.junit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** An application that keeps a cart: in memory under a number in a cookie, or, if it is told so, in the cookie. */
final class Shop {
    private static final Map<String, String> CARTS = new ConcurrentHashMap<>();

    private Shop() {}

    public static void main(String[] arguments) throws IOException {
        boolean inMemory = arguments.length == 0 || arguments[0].equals("memory");
        HttpServer server = HttpServer.create(new InetSocketAddress(Integer.parseInt(System.getenv("PORT"))), 0);
        server.createContext("/cart", exchange -> cart(exchange, inMemory));
        server.createContext("/", exchange -> answer(exchange, 200, "shop"));
        server.start();
    }

    private static void cart(HttpExchange exchange, boolean inMemory) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            String item = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String id = UUID.randomUUID().toString();
            CARTS.put(id, item);
            exchange.getResponseHeaders().add("Set-Cookie", "cart=" + (inMemory ? id : item) + "; Path=/");
            answer(exchange, 201, "kept");
            return;
        }
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        String cart = cookie == null ? "" : cookie.replaceFirst("^cart=", "");
        String found = inMemory ? CARTS.getOrDefault(cart, "") : cart;
        answer(exchange, found.isEmpty() ? 404 : 200, found.isEmpty() ? "no cart" : "cart of " + found);
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain");
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
