package dev.coatcheck.host.tcp;

import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A program that listens on the address it is given, says on which TCP port, and accepts a connection for each line that it
 * reads.
 */
final class Server {
    private Server() {}

    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(arguments[0], 0));
            System.out.println(server.getLocalPort());
            while (System.in.read() >= 0) {
                Socket accepted = server.accept();
                System.out.println("accepted " + accepted.getRemoteSocketAddress());
            }
        }
    }
}
