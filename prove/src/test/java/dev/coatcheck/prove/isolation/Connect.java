package dev.coatcheck.prove.isolation;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

/** A program that connects to the server at a path. */
final class Connect {
    private Connect() {}

    public static void main(String[] arguments) throws Exception {
        SocketChannel.open(UnixDomainSocketAddress.of(arguments[0])).close();
    }
}
