package dev.coatcheck.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;

/** TCP ports on loopback for servers that have to be told theirs before they start. */
public final class TcpPorts {
    /** Below what systems hand out for outgoing connections (Linux from 32768, macOS from 49152): those can't take it. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_000;
    private static final int CONNECT_MILLIS = 1_000;

    /** {@code ::1}. */
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private static final PortBlocks BLOCKS = new PortBlocks(FIRST, LAST);

    private TcpPorts() {}

    /**
     * A TCP port on which nobody listens now. This JVM has not given it among the last 1,800, nor does another one that asks
     * here give it meanwhile, as long as there are no more than five of them at it. Another program can still take it before
     * its user does; it is drawn at random, so that this is unlikely.
     *
     * @throws IllegalStateException if a thousand draws in a row were taken
     */
    public static int free() {
        for (int i = 0; i < 1_000; i++) {
            int port = BLOCKS.draw();
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free TCP port found between " + FIRST + " and " + LAST);
    }

    /** Whether a server could listen on this TCP port of 127.0.0.1 now, and nobody could be taken for it who listens at ::1. */
    public static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(loopback(), port));
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

    /** Whatever a JVM that prefers IPv6 takes for it. */
    static InetAddress loopback() throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    }
}
