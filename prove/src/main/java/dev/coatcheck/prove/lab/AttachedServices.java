package dev.coatcheck.prove.lab;

import dev.coatcheck.formation.application.ResourceUrl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The backing services that the environment attaches: by a URL, as {@code REDIS_URL=redis://localhost:6379} or
 * {@code jdbc:postgresql://…}, or by a host and a TCP port in two variables, as {@code PGHOST} and {@code PGPORT}. One that
 * is away explains every failure.
 */
final class AttachedServices {
    private static final int LIMIT_MILLIS = 3_000;
    private static final int LAST_PORT = 65_535;
    private static final int IMPOSSIBLE = -1;

    /** Where the place of a URL that cannot be read ends with too large a number. */
    private static final Pattern LARGE_PORT = Pattern.compile(
            "[^/]*//[^/?#]*:(?:\\d{6,}|6553[6-9]|655[4-9]\\d|65[6-9]\\d\\d|6[6-9]\\d{3}|[7-9]\\d{4})(?:[/?#].*)?");

    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(\\.\\d{1,3}){3}|::1");

    /** What a scheme goes on with: a driver, as in {@code mysql+pymysql}; {@code +srv} is a question to the DNS. */
    private static final Pattern DRIVER = Pattern.compile("^((?:jdbc:)?[a-z][a-z0-9]*)\\+(?!srv)[a-z0-9.-]+(?=://)");

    /** Anything that has a place, whatever it is: an API of one's own at {@code http://localhost:9000}. */
    private static final Pattern ANY_URL =
            Pattern.compile("[a-z][a-z0-9+.-]*://(?:[^/@]*@)?(?:\\[([0-9A-Fa-f:.]+)]|([^/:?#,\\[\\]]+)):(\\d{1,5}).*");

    /** What variables are called that hold a host, and the TCP port that is meant where none is told; 0 where unknown. */
    private static final Map<String, Integer> HOSTS = Map.ofEntries(
            Map.entry("PGHOST", 5432),
            Map.entry("POSTGRES_HOST", 5432),
            Map.entry("POSTGRESQL_HOST", 5432),
            Map.entry("DB_HOST", 0),
            Map.entry("DATABASE_HOST", 0),
            Map.entry("REDIS_HOST", 6379),
            Map.entry("REDISHOST", 6379),
            Map.entry("VALKEY_HOST", 6379),
            Map.entry("MYSQL_HOST", 3306),
            Map.entry("MYSQLHOST", 3306),
            Map.entry("MARIADB_HOST", 3306),
            Map.entry("MONGO_HOST", 27017),
            Map.entry("MONGODB_HOST", 27017),
            Map.entry("RABBITMQ_HOST", 5672),
            Map.entry("AMQP_HOST", 5672),
            Map.entry("MEMCACHED_HOST", 11211),
            Map.entry("NATS_HOST", 4222));

    private AttachedServices() {}

    /**
     * A server that a variable names.
     *
     * @param host empty where it cannot be read, or is not reached over TCP at a host
     * @param port 0 where none is told, or it cannot be read; {@link #IMPOSSIBLE} where it is more than a TCP port can be
     */
    private record Service(String variable, String host, int port) {
        boolean hasAddress() {
            return !host.isEmpty() && !host.startsWith("/") && port > 0;
        }

        boolean isOnLoopback() {
            return hasAddress() && LOOPBACK.matcher(host).matches();
        }
    }

    /** @throws InconclusiveException if one of them takes no connections */
    static void check(Map<String, String> environment) {
        of(environment).forEach(AttachedServices::check);
    }

    /** Whether the environment attaches any, be it readable or not. */
    static boolean areIn(Map<String, String> environment) {
        return of(environment).findAny().isPresent();
    }

    /** Those servers on this machine's loopback that any variable names, whatever they are; one for each TCP port. */
    static List<InetSocketAddress> onLoopback(Map<String, String> environment) {
        Map<Integer, InetSocketAddress> servers = new LinkedHashMap<>();
        Stream.concat(of(environment), others(environment))
                .filter(Service::isOnLoopback)
                .forEach(service ->
                        servers.putIfAbsent(service.port(), new InetSocketAddress(service.host(), service.port())));
        return List.copyOf(servers.values());
    }

    private static Stream<Service> of(Map<String, String> environment) {
        List<Service> services = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            String url = DRIVER.matcher(value.strip())
                    .replaceFirst("$1")
                    .replaceFirst("\\+srv://", "://")
                    .replaceFirst(";.*", "");
            if (ResourceUrl.isMeant(url)) {
                // What stands behind +srv only the DNS can tell.
                boolean asked = value.contains("+srv://");
                services.add(ResourceUrl.parse(url)
                        .map(found -> new Service(name, asked ? "" : found.host(), found.tcpPort()))
                        .orElse(new Service(name, "", LARGE_PORT.matcher(url).matches() ? IMPOSSIBLE : 0)));
            }
            Integer usual = HOSTS.get(name);
            if (usual != null && !value.isBlank() && !value.contains("://")) {
                String port = environment.getOrDefault(name.replaceFirst("HOST$", "PORT"), "");
                services.add(new Service(name, value.strip(), port.isBlank() ? usual : tcpPort(port.strip())));
            }
        });
        return services.stream();
    }

    private static Stream<Service> others(Map<String, String> environment) {
        return environment.entrySet().stream().flatMap(variable -> {
            Matcher url = ANY_URL.matcher(variable.getValue());
            return url.matches()
                    ? Stream.of(new Service(
                            variable.getKey(),
                            Optional.ofNullable(url.group(1)).orElseGet(() -> url.group(2)),
                            tcpPort(url.group(3))))
                    : Stream.empty();
        });
    }

    private static int tcpPort(String digits) {
        int port = digits.matches("\\d{1,5}") ? Integer.parseInt(digits) : 0;
        return port > LAST_PORT ? 0 : port;
    }

    private static void check(Service service) {
        if (service.port() == IMPOSSIBLE) {
            throw new InconclusiveException("the variable " + service.variable()
                    + " names a backing service at a TCP port that cannot be: TCP ports end with " + LAST_PORT);
        }
        if (!service.hasAddress()) {
            return;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(service.host(), service.port()), LIMIT_MILLIS);
        } catch (IOException e) {
            throw new InconclusiveException(
                    "the backing service that " + service.variable() + " names does not answer at " + service.host()
                            + ":" + service.port() + " (" + e.getMessage()
                            + "); start it, or take the variable away and let it be started here: --with",
                    e);
        }
    }
}
