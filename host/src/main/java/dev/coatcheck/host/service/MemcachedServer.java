package dev.coatcheck.host.service;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The system's own Memcached on 127.0.0.1, with 64 MiB for items and 1 MiB for one of them. It has no password: being
 * bound to loopback protects it from other machines, not from other users of this one.
 *
 * <p>It keeps nothing: a stop or a kill empties it, whatever the settings say of durability, and it evicts what was not
 * used for long once its memory is full. A start takes some hundredths of a second.
 *
 * <pre>{@code
 * try (MemcachedServer server = MemcachedServer.start(ServerSettings.at(Path.of(".coatcheck/memcached")))) {
 *     use(server.url());
 * }
 * }</pre>
 */
public final class MemcachedServer extends LocalServer {
    private static final String NAME = "Memcached";
    private static final String PROGRAM = "memcached";
    private static final SystemPackage PACKAGE = new SystemPackage(PROGRAM, "memcached", "MEMCACHED_URL");
    private static final int MEMORY_MIB = 64;
    private static final Pattern VERSION = Pattern.compile("VERSION (\\S+)\r\n");

    private final Path binary;

    private MemcachedServer(ServerSettings settings, ServerHome home, Path binary) {
        super(NAME, settings, home);
        this.binary = binary;
    }

    /**
     * Starts a server in its home and waits until it answers.
     *
     * @throws ServerStartException if it is not installed, with the line that installs it; if it does not come up; or if
     *     another server uses this home
     */
    public static MemcachedServer start(ServerSettings settings) {
        Path binary = PACKAGE.locate(SearchPath.ofThisJvm());
        return started(NAME, settings, home -> new MemcachedServer(settings, home, binary));
    }

    /** Whether this machine has one to start. */
    public static boolean isInstalled() {
        return SearchPath.ofThisJvm().find(PROGRAM).isPresent();
    }

    /** What to do to have one, for a message. */
    public static String installation() {
        return PACKAGE.installation(SearchPath.ofThisJvm());
    }

    @Override
    public String url() {
        return "memcached://127.0.0.1:" + settings.tcpPort();
    }

    @Override
    void launch() throws IOException {
        process.endStrays(PROGRAM, home.folder());
        process.start(serverCommand(), settings.tcpPort(), this::answers);
    }

    @Override
    Signal stopSignal() {
        return Signal.TERM;
    }

    private List<String> serverCommand() {
        List<String> command = new ArrayList<>(List.of(binary.toString()));
        command.addAll(List.of("-l", "127.0.0.1", "-p", Integer.toString(settings.tcpPort()), "-U", "0"));
        command.addAll(List.of("-m", Integer.toString(MEMORY_MIB)));
        if (Unprivileged.isRoot()) {
            // It refuses to serve as root, and changes to another user by itself.
            command.addAll(List.of("-u", "nobody"));
        }
        return command;
    }

    private boolean answers() {
        try {
            Matcher answer = VERSION.matcher(LineProtocol.ask(settings.tcpPort(), "version", "quit"));
            if (!answer.matches()) {
                return false;
            }
            told(answer.group(1));
            return true;
        } catch (IOException e) {
            return false; // not listening yet
        }
    }
}
