package dev.coatcheck.host.service;

import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A real Redis 6.2 on 127.0.0.1, with an append-only file in {@code home/data}. It has no password: being bound to
 * loopback protects it from other machines, not from other users of this one.
 *
 * <p>A start takes a tenth of a second, a minute at most where much is loaded; a stop at most twenty seconds, after which
 * the server is killed.
 *
 * <pre>{@code
 * try (RedisServer server = RedisServer.start(ServerSettings.at(Path.of(".coatcheck/redis")))) {
 *     use(server.url());
 * }
 * }</pre>
 */
public final class RedisServer extends LocalServer {
    private static final String NAME = "Redis";
    private static final String PROGRAM = "redis-server";
    private static final Pattern VERSION = Pattern.compile("redis_version:(\\S+)");

    private final Path binary;
    private final int databases;

    private RedisServer(ServerSettings settings, ServerHome home, Path binary, int databases) {
        super(NAME, settings, home);
        this.binary = binary;
        this.databases = databases;
    }

    /**
     * Starts a server in its home and waits until it answers.
     *
     * @throws ServerStartException if it does not come up, or if another server uses this home
     */
    public static RedisServer start(ServerSettings settings) {
        return start(settings, 16);
    }

    /** With as many numbered databases; Redis' own default is 16. */
    static RedisServer start(ServerSettings settings, int databases) {
        return started(NAME, settings, home -> new RedisServer(settings, home, program(), databases));
    }

    /** The program itself, for who runs it in another shape: as a node of a cluster, a replica, a sentinel. */
    public static Path program() throws IOException {
        return new PackagedServers(BinaryCache.ofThisUser()).redisServer();
    }

    @Override
    void launch() throws IOException {
        process.endStrays(PROGRAM, home.data());
        Files.createDirectories(home.data());
        process.start(serverCommand(), settings.tcpPort(), this::answers);
    }

    @Override
    public String url() {
        return "redis://127.0.0.1:" + settings.tcpPort();
    }

    @Override
    Signal stopSignal() {
        return Signal.TERM;
    }

    private List<String> serverCommand() {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of("--bind", "127.0.0.1", "--port", Integer.toString(settings.tcpPort())));
        command.addAll(List.of("--dir", home.data().toString(), "--databases", Integer.toString(databases)));
        command.addAll(List.of("--save", "", "--appendonly", "yes", "--appendfsync"));
        command.add(settings.durability() == Durability.POWER_LOSS ? "everysec" : "no");
        // A title would overwrite the environment, and the owner's mark with it.
        command.addAll(List.of("--set-proc-title", "no"));
        return command;
    }

    /** A PING that is answered while the data is still being loaded gets an error instead of a PONG. */
    private boolean answers() {
        try {
            String answer = LineProtocol.ask(settings.tcpPort(), "PING", "INFO server", "QUIT");
            Matcher info = VERSION.matcher(answer);
            if (!answer.startsWith("+PONG\r\n") || !info.find()) {
                return false;
            }
            told(info.group(1));
            return true;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }
}
