package dev.coatcheck.host.service;

import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * A real PostgreSQL on 127.0.0.1, with SCRAM passwords, UTF-8 in the same order on every system, and UTC.
 *
 * <p>The first start unpacks the binaries (some two seconds, once for each user) and makes an empty cluster in
 * {@code home/data} (about a second) with a random password beside it; later starts take a few tenths of a second. A start
 * may take a minute at most, a stop twenty seconds, after which the server is killed.
 *
 * <pre>{@code
 * try (PostgresServer server = PostgresServer.start(ServerSettings.at(Path.of(".coatcheck/postgresql")))) {
 *     useDatabase(server.url());
 * }
 * }</pre>
 */
public final class PostgresServer extends LocalServer {
    private static final String NAME = "PostgreSQL";
    private static final String USER = "app";
    private static final String DATABASE = "app";
    private static final String PROGRAM = "postgres";

    private final Path binaries;
    private final Unprivileged account;
    private final String password;

    private PostgresServer(ServerSettings settings, ServerHome home, Path binaries, Unprivileged account)
            throws IOException {
        super(NAME, settings, home);
        this.binaries = binaries;
        this.account = account;
        this.password = home.password();
    }

    /**
     * Starts a server in its home and waits until it answers queries.
     *
     * @throws ServerStartException if it does not come up, or if another server uses this home
     */
    public static PostgresServer start(ServerSettings settings) {
        return started(
                NAME,
                settings,
                home -> new PostgresServer(
                        settings,
                        home,
                        new PackagedServers(BinaryCache.ofThisUser()).postgres(),
                        Unprivileged.account()));
    }

    @Override
    void launch() throws IOException {
        if (process.endStrays(PROGRAM, home.data())) {
            // PostgreSQL would take a zombie, or whoever has the process id of the server now, for the server.
            Files.deleteIfExists(home.data().resolve("postmaster.pid"));
        }
        if (Files.notExists(home.data())) {
            initialise();
        }
        checkMajorVersion();
        account.own(home.data());
        process.start(serverCommand(), settings.tcpPort(), this::answers);
        try {
            createDatabaseIfMissing(DATABASE);
        } catch (IllegalStateException e) {
            process.kill();
            throw new ServerStartException(
                    "PostgreSQL started in " + home.folder() + " and cannot be used: " + e.getCause(), e);
        }
    }

    @Override
    public String url() {
        return databaseUrl(DATABASE);
    }

    /** The URL of another database on this server. */
    public String databaseUrl(String database) {
        return "postgresql://" + USER + ":" + password + "@127.0.0.1:" + settings.tcpPort() + "/" + database;
    }

    /**
     * Makes an empty database, unless there is one of this name, and tells its URL.
     *
     * @param name letters, digits and {@code _}
     */
    public synchronized String createDatabaseIfMissing(String name) {
        if (!name.matches("[A-Za-z0-9_]{1,63}")) {
            throw new IllegalArgumentException("not a name for a database: '" + name + "'");
        }
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT 1 FROM pg_database WHERE datname = '" + name + "'")) {
            if (!found.next()) {
                try (Statement create = connection.createStatement()) {
                    create.execute("CREATE DATABASE \"" + name + "\"");
                }
            }
            return databaseUrl(name);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create the database " + name + " in " + home.folder(), e);
        }
    }

    /** Databases and roles go; what an application cannot change without being told to is left as it is. */
    @Override
    void empty() throws IOException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            for (String database : names(
                    statement, "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'")) {
                statement.execute("DROP DATABASE " + quoted(database) + " WITH (FORCE)");
            }
            for (String role : names(
                    statement,
                    "SELECT rolname FROM pg_roles WHERE rolname <> '" + USER + "' AND rolname NOT LIKE 'pg\\_%'")) {
                statement.execute("DROP ROLE " + quoted(role));
            }
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
        createDatabaseIfMissing(DATABASE);
    }

    private static List<String> names(Statement statement, String query) throws SQLException {
        List<String> names = new ArrayList<>();
        try (ResultSet found = statement.executeQuery(query)) {
            while (found.next()) {
                names.add(found.getString(1));
            }
        }
        return names;
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** What PostgreSQL calls a fast shutdown: transactions under way are rolled back, connections cut. */
    @Override
    Signal stopSignal() {
        return Signal.INT;
    }

    /** Beside its place first, so that a cluster that was begun and not finished is never taken for one. */
    private void initialise() throws IOException {
        Path fresh = home.folder().resolve("data.new");
        FileTree.delete(fresh);
        Files.createDirectory(fresh);
        account.own(fresh);
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + fresh,
                "--username=" + USER,
                "--pwfile=" + home.passwordFile(),
                "--auth-local=reject",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        if (settings.durability() == Durability.PROCESS_LOSS) {
            command.add("--no-sync");
        }
        process.run(command);
        Files.move(fresh, home.data());
    }

    private void checkMajorVersion() throws IOException {
        String written = Files.readString(home.data().resolve("PG_VERSION")).strip();
        String packaged = binaries.getFileName().toString().replaceAll("^postgresql-(\\d+).*", "$1");
        if (!written.equals(packaged)) {
            throw new ServerStartException(
                    "the data in " + home.data() + " was written by PostgreSQL " + written + ", and this is " + packaged
                            + "; dump it with the old server, or move the folder away to begin anew");
        }
    }

    private List<String> serverCommand() {
        List<String> command = new ArrayList<>(account.prefix());
        command.addAll(List.of(
                binaries.resolve("bin").resolve(PROGRAM).toString(),
                "-D",
                home.data().toString()));
        set(command, "listen_addresses", "127.0.0.1");
        set(command, "port", Integer.toString(settings.tcpPort()));
        // No socket file: its path is limited to some hundred characters, and the TCP port serves everyone.
        set(command, "unix_socket_directories", "");
        // A pool for each of a fleet's processes; 100 are used up by ten of them.
        set(command, "max_connections", "300");
        set(command, "timezone", "UTC");
        set(command, "log_timezone", "UTC");
        if (settings.durability() == Durability.PROCESS_LOSS) {
            // A commit still reaches the operating system before it is told, so that a kill loses nothing.
            set(command, "fsync", "off");
            set(command, "full_page_writes", "off");
        }
        return command;
    }

    private static void set(List<String> command, String name, String value) {
        command.add("-c");
        command.add(name + "=" + value);
    }

    private boolean answers() throws IOException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SHOW server_version")) {
            result.next();
            told(result.getString(1));
            return true;
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            // Class 08: not listening yet. 57P03: it listens, and is still recovering.
            if (state.startsWith("08") || state.equals("57P03")) {
                return false;
            }
            throw new IOException("on TCP port " + settings.tcpPort() + " it answers: " + e.getMessage(), e);
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + settings.tcpPort() + "/postgres", properties);
    }
}
