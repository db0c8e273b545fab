import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;

/** A members' page whose sessions are in a field of an object that there is once, and the stamps on all cards in a second one. */
public class Server {
    private final LoginService logins;

    Server(LoginService logins) {
        this.logins = logins;
    }

    /** As a framework would make it: one instance, handed to whoever needs it. */
    static final class LoginService {
        private final Map<String, Member> members = new HashMap<>();
        private int stamps;

        synchronized String login(String name) {
            String token = UUID.randomUUID().toString().replace("-", "");
            members.put(token, new Member(name, "silver"));
            return token;
        }

        synchronized Optional<Member> member(String token) {
            return Optional.ofNullable(members.get(token));
        }

        synchronized void stamp() {
            stamps++;
        }

        synchronized int stamps() {
            return stamps;
        }
    }

    record Member(String name, String card) {}

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        Server pages = new Server(new LoginService());
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/api/login", pages::login);
        server.createContext("/api/card", pages::card);
        server.createContext("/api/stamps", pages::stamps);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
        System.out.println("listening on " + port);
    }

    private void login(HttpExchange exchange) throws IOException {
        String name = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        answer(exchange, 200, "{\"token\": \"%s\"}".formatted(logins.login(name)));
    }

    private void card(HttpExchange exchange) throws IOException {
        String header = exchange.getRequestHeaders().getFirst("Authorization");
        String token = header == null ? "" : header.replace("Bearer ", "");
        Optional<Member> member = logins.member(token);
        if (member.isPresent()) {
            answer(exchange, 200, "{\"card\": \"%s\"}".formatted(member.get().card()));
        } else {
            answer(exchange, 401, "{\"error\": \"unknown token\"}");
        }
    }

    private void stamps(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            logins.stamp();
            answer(exchange, 201, "{}");
        } else {
            answer(exchange, 200, "{\"stamps\": %d}".formatted(logins.stamps()));
        }
    }

    private static void answer(HttpExchange exchange, int status, String json) throws IOException {
        System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + status);
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
