import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/** A members' page that keeps its sessions in a static map. */
public class Server {
    private static final Map<String, Session> SESSIONS = new ConcurrentHashMap<>();

    private record Session(String user, long since) {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/login", Server::login);
        server.createContext("/me", Server::me);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
        System.out.println("listening on " + port);
    }

    private static void login(HttpExchange exchange) throws IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String id = UUID.randomUUID().toString();
        SESSIONS.put(id, new Session(form.replace("user=", ""), System.currentTimeMillis()));
        exchange.getResponseHeaders().add("Set-Cookie", "SESSION=" + id + "; Path=/; HttpOnly");
        exchange.getResponseHeaders().add("Location", "/me");
        answer(exchange, 303, "");
    }

    private static void me(HttpExchange exchange) throws IOException {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        Session session = cookie == null ? null : SESSIONS.get(cookie.replace("SESSION=", ""));
        if (session == null) {
            answer(exchange, 401, "log in first\n");
        } else {
            answer(exchange, 200, "Hello " + session.user() + "\n");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + status);
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
