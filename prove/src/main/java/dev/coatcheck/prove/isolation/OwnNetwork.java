package dev.coatcheck.prove.isolation;

import dev.coatcheck.host.process.ProcessGroup;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The way into the network of a layer and the ways out of it: a process inside, and relays at this end. */
final class OwnNetwork implements AutoCloseable {
    private static final long START_LIMIT_SECONDS = 20;

    private final ScratchFolder folder;
    private final Path inside;
    private final ProcessGroup process;
    private final Relay services;
    private final Map<Integer, Relay> ways = new HashMap<>();

    private OwnNetwork(ScratchFolder folder, Path inside, ProcessGroup process, Relay services) {
        this.folder = folder;
        this.inside = inside;
        this.process = process;
        this.services = services;
    }

    /**
     * @param enter the command in front that enters the layer's network or makes another, and not its disk: the sockets and
     *     this program lie on that of the machine; the program has to get the process id of the command
     */
    static OwnNetwork start(List<String> enter, Network.Own network) throws IOException {
        ScratchFolder folder = ScratchFolder.create("coatcheck-net-");
        Path inside = folder.path().resolve("in");
        Path outside = folder.path().resolve("out");
        Map<Integer, InetSocketAddress> byPort = network.services().stream()
                .collect(Collectors.toUnmodifiableMap(InetSocketAddress::getPort, Function.identity()));
        List<String> command = new ArrayList<>(enter);
        command.addAll(program(inside, outside));
        byPort.keySet().forEach(port -> command.add(Integer.toString(port)));
        List<AutoCloseable> begun = new ArrayList<>();
        begun.add(folder);
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            begun.add(server);
            server.bind(UnixDomainSocketAddress.of(outside));
            Relay services = Relay.start(server, Relay.arriving(port -> dial(byPort, port)));
            ProcessGroup process = ProcessGroup.start(new ProcessBuilder(command).redirectErrorStream(true));
            begun.add(process);
            awaitReady(process);
            return new OwnNetwork(folder, inside, process, services);
        } catch (IOException | RuntimeException e) {
            closeAll(begun.reversed()).forEach(e::addSuppressed);
            throw e;
        }
    }

    /** All of them, whatever goes wrong with one; what did is told. */
    private static List<Exception> closeAll(List<AutoCloseable> resources) {
        List<Exception> failures = new ArrayList<>();
        for (AutoCloseable resource : resources) {
            try {
                resource.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                failures.add(e);
            }
        }
        return failures;
    }

    /** What a command enters to have this network; it lives as long as the way into it, and as who is in it. */
    Path namespace() {
        return Path.of("/proc", Long.toString(process.pid()), "ns", "net");
    }

    /** The address of this machine at which a TCP port inside is reached, the same at each call. */
    synchronized InetSocketAddress reach(int port) throws IOException {
        Relay way = ways.get(port);
        if (way == null) {
            ServerSocketChannel server =
                    ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            way = Relay.start(server, Relay.across(UnixDomainSocketAddress.of(inside), port));
            ways.put(port, way);
        }
        return way.address();
    }

    /** The address that a connection to one of those has inside; empty as long as it has reached nobody there. */
    synchronized Optional<InetSocketAddress> clientInside(InetSocketAddress client) {
        return ways.values().stream()
                .flatMap(way -> way.onward(client).stream())
                .findFirst();
    }

    private static SocketChannel dial(Map<Integer, InetSocketAddress> byPort, int port) throws IOException {
        InetSocketAddress service = byPort.get(port);
        if (service == null) {
            throw new IOException("no service has the TCP port " + port);
        }
        InetSocketAddress resolved = new InetSocketAddress(service.getHostString(), port);
        if (resolved.isUnresolved()) {
            throw new IOException("no address is known for " + service.getHostString());
        }
        return SocketChannel.open(resolved);
    }

    private static List<String> program(Path inside, Path outside) {
        try {
            return List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    // Small and quickly there.
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC",
                    "-Xmx48m",
                    "-XX:-UsePerfData",
                    "-cp",
                    Path.of(InsideRelay.class
                                    .getProtectionDomain()
                                    .getCodeSource()
                                    .getLocation()
                                    .toURI())
                            .toString(),
                    InsideRelay.class.getName(),
                    inside.toString(),
                    outside.toString());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("cannot tell where this program lies", e);
        }
    }

    private static void awaitReady(ProcessGroup process) throws IOException {
        CompletableFuture<Void> limit = CompletableFuture.runAsync(
                process::kill, CompletableFuture.delayedExecutor(START_LIMIT_SECONDS, TimeUnit.SECONDS));
        List<String> said = new ArrayList<>();
        try {
            BufferedReader output = process.leader().inputReader();
            for (String line = output.readLine(); !"ready".equals(line); line = output.readLine()) {
                if (line == null) {
                    throw new IOException("the relay in the network of a layer did not start within "
                            + START_LIMIT_SECONDS + " s; it said: " + String.join("; ", said));
                }
                said.add(line);
            }
        } finally {
            limit.cancel(false);
        }
    }

    /** Whatever goes wrong with one of its parts, all the others are closed. */
    @Override
    public synchronized void close() throws IOException {
        List<AutoCloseable> parts = new ArrayList<>(List.of(process, services));
        parts.addAll(ways.values());
        parts.add(folder);
        List<Exception> failures = closeAll(parts);
        if (!failures.isEmpty()) {
            IOException failure = new IOException("a way into the network of a layer could not be closed: "
                    + failures.getFirst().getMessage());
            failures.forEach(failure::addSuppressed);
            throw failure;
        }
    }
}
