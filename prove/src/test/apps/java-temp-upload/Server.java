import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/** Pictures are uploaded in one request and taken from the folder for temporary files in the next. */
public class Server {
    private static final Path FOLDER = Path.of(System.getProperty("java.io.tmpdir"));

    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/pictures", Server::pictures);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
        System.out.println("listening on " + port);
    }

    private static void pictures(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestMethod()) {
            case "POST" -> upload(exchange);
            case "GET" -> preview(exchange);
            default -> answer(exchange, 405, "only GET and POST\n");
        }
    }

    private static void upload(HttpExchange exchange) throws IOException {
        Path file = Files.createTempFile("picture-", ".bin");
        Files.write(file, exchange.getRequestBody().readAllBytes());
        exchange.getResponseHeaders().add("Location", "/pictures/" + file.getFileName());
        answer(exchange, 201, "uploaded\n");
    }

    private static void preview(HttpExchange exchange) throws IOException {
        String name = exchange.getRequestURI().getPath().substring("/pictures/".length());
        if (!name.matches("picture-[0-9]+\\.bin")) {
            answer(exchange, 404, "no such picture\n");
            return;
        }
        try {
            byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
            String text = new String(bytes, StandardCharsets.UTF_8);
            answer(exchange, 200, "A picture of " + bytes.length + " bytes: " + text);
        } catch (NoSuchFileException e) {
            answer(exchange, 404, "no such picture\n");
        }
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        System.out.println(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + status);
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "text/plain; charset=utf-8");
        exchange.sendResponseHeaders(status, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }
}
