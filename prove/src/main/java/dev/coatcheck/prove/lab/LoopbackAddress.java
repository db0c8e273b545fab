package dev.coatcheck.prove.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** The addresses of this machine itself: on Linux all of 127.0.0.0/8, elsewhere mostly one. */
final class LoopbackAddress {
    private LoopbackAddress() {}

    /** Some address but the usual one, by chance another one each time; empty where this machine has no other. */
    static Optional<InetAddress> another() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        byte[] address = {
            127, (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255), (byte) random.nextInt(1, 255)
        };
        try (Socket socket = new Socket()) {
            InetAddress another = InetAddress.getByAddress(address);
            socket.bind(new InetSocketAddress(another, 0));
            return Optional.of(another);
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
