package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.List;

/**
 * The program that runs in the network of a layer and talks to the JVM outside over Unix domain sockets, which have paths
 * and know no network. It ends when its standard input does.
 *
 * <p>Arguments: the socket at which to take what is meant for a TCP port inside, the socket that takes what is meant for a
 * service outside, and the TCP ports of those services. It says "ready" when it listens.
 */
final class InsideRelay {
    private InsideRelay() {}

    public static void main(String[] arguments) throws IOException {
        List<InetAddress> loopback = List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
        ServerSocketChannel arriving = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        arriving.bind(UnixDomainSocketAddress.of(Path.of(arguments[0])));
        Relay.start(arriving, Relay.arriving(port -> dial(loopback, port)));
        UnixDomainSocketAddress outside = UnixDomainSocketAddress.of(Path.of(arguments[1]));
        for (String argument : List.of(arguments).subList(2, arguments.length)) {
            int port = Integer.parseInt(argument);
            for (InetAddress address : loopback) {
                listen(new InetSocketAddress(address, port), outside);
            }
        }
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // Nothing is ever said; only the end counts.
        }
        Runtime.getRuntime().halt(0);
    }

    private static void listen(InetSocketAddress address, UnixDomainSocketAddress outside) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        try {
            server.bind(address);
            Relay.start(server, Relay.across(outside, address.getPort()));
        } catch (SocketException e) {
            server.close();
            if (address.getAddress().getAddress().length == 4) {
                throw e;
            }
            // A kernel without IPv6.
        }
    }

    /** An application may listen on either family alone. */
    private static SocketChannel dial(List<InetAddress> addresses, int port) throws IOException {
        IOException refused = new IOException("no address to dial");
        for (InetAddress address : addresses) {
            try {
                return SocketChannel.open(new InetSocketAddress(address, port));
            } catch (IOException e) {
                refused = e;
            }
        }
        throw refused;
    }
}
