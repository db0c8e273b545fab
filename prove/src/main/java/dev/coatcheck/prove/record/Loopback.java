package dev.coatcheck.prove.record;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.List;

/** One TCP port on all addresses that {@code localhost} may mean. */
final class Loopback {
    /** A port that is free on one address may be taken on the other. */
    private static final int ATTEMPTS = 20;

    private Loopback() {}

    /** @param port 0 for any that is free */
    static List<ServerSocket> listen(int port, int backlog) throws IOException {
        InetAddress four = InetAddress.ofLiteral("127.0.0.1");
        InetAddress six = InetAddress.ofLiteral("::1");
        boolean hasSix = NetworkInterface.getByInetAddress(six) != null;
        for (int attempt = 1; ; attempt++) {
            ServerSocket first = new ServerSocket(port, backlog, four);
            if (!hasSix) {
                return List.of(first);
            }
            try {
                return List.of(first, new ServerSocket(first.getLocalPort(), backlog, six));
            } catch (IOException e) {
                first.close();
                if (port != 0 || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }
}
