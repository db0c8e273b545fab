package dev.coatcheck.host.network;

import static java.lang.System.Logger.Level.DEBUG;

import dev.coatcheck.host.SearchPath;
import dev.coatcheck.host.process.ProcessGroup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * For tests: a network of their own for child processes, whose one link leads to the servers on 127.0.0.1 of this machine,
 * and can be cut.
 *
 * <p>It is a network namespace of Linux, with a pair of virtual network devices to that of this JVM. Nothing stands in between
 * that would take what is sent: a cut is as of a cable, which ends no connection that is open. What is sent on one vanishes, and
 * is sent again by TCP, later and later; what a process had sent when it was ended is still on its way after the mend.
 * Somebody who begins a connection meanwhile may be told that there is no route.
 *
 * <p>Inside, 127.0.0.1 is not the namespace's own but this machine's, so that the URLs of servers are the same on both sides.
 * Nothing but this machine is reached, and nobody else reaches what listens inside.
 *
 * <p>The link ends when it is closed, and the namespace with the last process in it. With a JVM that is killed both end too, but
 * where TCP still sends something again, only when that is given up, after minutes. Thread-safe. Takes some 50 milliseconds to
 * open.
 *
 * <pre>{@code
 * assumeTrue(CuttableNetwork.obstacle().isEmpty(), () -> CuttableNetwork.obstacle().orElseThrow());
 * try (CuttableNetwork network = CuttableNetwork.open()) {
 *     List<String> command = new ArrayList<>(network.enter());
 *     command.addAll(List.of("redis-cli", "-p", "" + server.tcpPort(), "subscribe", "news"));
 *     ...
 *     network.cut();
 * }
 * }</pre>
 */
public final class CuttableNetwork implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CuttableNetwork.class.getName());
    private static final Path LOOPBACK_SWITCH = Path.of("/proc/sys/net/ipv4/conf/default/route_localnet");
    private static final List<String> TOOLS = List.of("bash", "ip", "nsenter", "unshare");
    private static final long LIMIT_SECONDS = 20;

    /** Two of them, in a range that is for tests of networks and for nothing else: 198.18.0.0/15. */
    private static final int PAIRS = 1 << 16;

    /** Arguments: the process that holds the namespace, the device outside, the address outside and the one inside. */
    private static final String CONNECT = """
            until [ "$(readlink /proc/$1/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.01; done
            ip link add "$2" type veth peer name outside netns "$1"
            ip address add "$3" peer "$4" dev "$2"
            echo 1 >"/proc/sys/net/ipv4/conf/$2/route_localnet"
            ip link set "$2" up
            nsenter --target "$1" --net sh -ec '
                ip address add "$1/32" dev outside
                echo 1 >/proc/sys/net/ipv4/conf/outside/route_localnet
                ip link set outside up
                ip route add 127.0.0.1/32 dev outside src "$1"' connect-inside "$4"
            """;

    private final ProcessGroup holder;
    private final String device;
    private final int pair;

    private CuttableNetwork(ProcessGroup holder) {
        this.holder = holder;
        this.device = "cut" + holder.pid(); // the name of a device has 15 characters at the most
        // Of two that are open at once the numbers differ, unless 65,536 processes were started in between.
        this.pair = Math.toIntExact(holder.pid() % PAIRS);
    }

    /** What came of one network that was tried, for this JVM. */
    private static final class Trial {
        static final Optional<String> OBSTACLE = tryOne();
    }

    /**
     * Why there is no such network on this machine, for the user of this JVM; empty where there is. The first time one is made
     * and a connection opened through it.
     */
    public static Optional<String> obstacle() {
        return Trial.OBSTACLE;
    }

    private static Optional<String> tryOne() {
        for (String tool : TOOLS) {
            if (SearchPath.ofThisJvm().find(tool).isEmpty()) {
                return Optional.of("networks that can be cut need " + tool + " (of bash, iproute2 and util-linux)");
            }
        }
        if (!Files.isWritable(LOOPBACK_SWITCH)) {
            return Optional.of(
                    "networks that can be cut need to set " + LOOPBACK_SWITCH + ": run as root of the machine");
        }
        try (CuttableNetwork network = open();
                ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<String> command = new ArrayList<>(network.enter());
            command.addAll(List.of("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/" + server.getLocalPort()));
            run(command);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(
                    "no network that can be cut can be made here, or none that leads to 127.0.0.1: " + e.getMessage());
        }
    }

    /**
     * Makes one, with its link.
     *
     * @throws IOException where it cannot be made; {@link #obstacle()} says beforehand whether this user may
     */
    public static CuttableNetwork open() throws IOException {
        ProcessGroup holder = ProcessGroup.start(new ProcessBuilder("unshare", "--net", "sleep", "infinity")
                .redirectErrorStream(true)
                .redirectOutput(Redirect.DISCARD));
        CuttableNetwork network = new CuttableNetwork(holder);
        try {
            run(List.of(
                    "sh",
                    "-ec",
                    CONNECT,
                    "connect",
                    Long.toString(holder.pid()),
                    network.device,
                    address(2 * network.pair),
                    network.address()));
            return network;
        } catch (IOException e) {
            network.close();
            throw e;
        }
    }

    private static String address(int number) {
        return "198.%d.%d.%d".formatted(18 + (number >> 16), number >> 8 & 0xff, number & 0xff);
    }

    /** From where servers see those who come from this network, for one that asks, as PostgreSQL does. */
    public String address() {
        return address(2 * pair + 1);
    }

    /** The command in front of that of a process that is to run in this network; the process keeps its id. */
    public List<String> enter() {
        return List.of("nsenter", "--target", Long.toString(holder.pid()), "--net", "--");
    }

    /** Cuts the link, in both directions and for connections to come as well. Does nothing where it is cut. */
    public void cut() {
        setLink("down");
    }

    /** Mends the link: what is sent from now on arrives. Does nothing where it is not cut. */
    public void mend() {
        setLink("up");
    }

    private void setLink(String state) {
        try {
            run(List.of("ip", "link", "set", device, state));
        } catch (IOException e) {
            throw new UncheckedIOException("the link of a network could not be set " + state, e);
        }
    }

    /** Gives the network up: who still runs in it reaches nothing any more. */
    @Override
    public void close() {
        try (holder) {
            run(List.of("ip", "link", "delete", device)); // or else it stays for as long as TCP sends something again
        } catch (IOException e) {
            LOG.log(DEBUG, "a network has no link: {0}", e.getMessage());
        }
    }

    /** Runs a command to its end; what it says is the message where it fails. */
    private static void run(List<String> command) throws IOException {
        Path said = Files.createTempFile("coatcheck-network-", null);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
            boolean ended;
            try {
                ended = process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS);
            } finally {
                process.destroyForcibly();
            }
            if (!ended || process.exitValue() != 0) {
                throw new IOException(command.getFirst()
                        + (ended ? " failed: " : " did not end within " + LIMIT_SECONDS + " s: ")
                        + Files.readString(said, StandardCharsets.UTF_8).strip());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " ran", e);
        } finally {
            Files.delete(said);
        }
    }
}
