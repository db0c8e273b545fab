package dev.coatcheck.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/** TCP ports on loopback for servers that have to be told theirs before they start. */
public final class TcpPorts {
    /** Below what systems hand out for outgoing connections (Linux from 32768, macOS from 49152): those can't take it. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int CONNECT_MILLIS = 1_000;

    /** {@code ::1}. */
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private TcpPorts() {}

    /**
     * A TCP port on which nobody listens now, never the same twice in one JVM until most have been given. Another program
     * can still take it before its user does; it is drawn at random, so that this is unlikely.
     *
     * @throws IllegalStateException if a thousand draws in a row were taken
     */
    public static int free() {
        if (GIVEN.size() > (LAST - FIRST) / 2) {
            GIVEN.clear();
        }
        for (int i = 0; i < 1_000; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, LAST);
            if (GIVEN.add(port) && isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free TCP port found between " + FIRST + " and " + LAST);
    }

    /** Whether a server could listen on this TCP port of 127.0.0.1 now, and nobody could be taken for it who listens at ::1. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            return false;
        }
        // Asked and not bound: on a machine without IPv6 nothing can be, though nobody is there.
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getByAddress(IPV6_LOOPBACK), port), CONNECT_MILLIS);
            return false;
        } catch (IOException e) {
            return true;
        }
    }
}
