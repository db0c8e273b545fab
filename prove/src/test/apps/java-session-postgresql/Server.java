import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import java.util.concurrent.Executors;

/** A members' page whose sessions are rows. {@code Server release} makes the table, {@code Server web} serves. */
public class Server {
    public static void main(String[] arguments) throws IOException, SQLException {
        if (System.getenv("DATABASE_URL") == null) {
            System.err.println("cannot start: DATABASE_URL must be set");
            System.exit(1);
        }
        if (arguments[0].equals("release")) {
            try (Connection connection = connect()) {
                connection.createStatement().execute("""
                        CREATE TABLE IF NOT EXISTS sessions (
                            id TEXT PRIMARY KEY, member TEXT NOT NULL, since TIMESTAMPTZ DEFAULT now())""");
            }
            return;
        }
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        HttpServer server = HttpServer.create(new InetSocketAddress(port), 0);
        server.createContext("/", Server::handle);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.start();
        System.out.println("listening on " + port);
    }

    /** From the form postgres://user:password@host:port/name, in which platforms hand out databases. */
    private static Connection connect() throws SQLException {
        URI address = URI.create(System.getenv("DATABASE_URL"));
        String[] login = address.getUserInfo().split(":", 2);
        String url = "jdbc:postgresql://%s:%d%s".formatted(address.getHost(), address.getPort(), address.getPath());
        return DriverManager.getConnection(url, login[0], login.length > 1 ? login[1] : "");
    }

    private static void handle(HttpExchange exchange) throws IOException {
        try (Connection connection = connect()) {
            switch (exchange.getRequestURI().getPath()) {
                case "/login" -> login(connection, exchange);
                case "/me" -> me(connection, exchange);
                default -> answer(exchange, 404, "no such page\n");
            }
        } catch (SQLException e) {
            System.out.println(e);
            answer(exchange, 503, "the database does not answer\n");
        }
    }

    private static void login(Connection connection, HttpExchange exchange) throws SQLException, IOException {
        String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String id = UUID.randomUUID().toString();
        PreparedStatement insert = connection.prepareStatement("INSERT INTO sessions (id, member) VALUES (?, ?)");
        insert.setString(1, id);
        insert.setString(2, form.replace("member=", ""));
        insert.executeUpdate();
        exchange.getResponseHeaders().add("Set-Cookie", "SESSION=" + id + "; Path=/; HttpOnly");
        answer(exchange, 200, "welcome\n");
    }

    private static void me(Connection connection, HttpExchange exchange) throws SQLException, IOException {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        PreparedStatement select = connection.prepareStatement("SELECT member, since FROM sessions WHERE id = ?");
        select.setString(1, cookie == null ? "" : cookie.replace("SESSION=", ""));
        ResultSet row = select.executeQuery();
        if (row.next()) {
            answer(exchange, 200, row.getString(1) + ", here since " + row.getTimestamp(2).toInstant() + "\n");
        } else {
            answer(exchange, 401, "log in first\n");
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
