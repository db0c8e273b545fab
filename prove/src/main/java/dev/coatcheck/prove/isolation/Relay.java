package dev.coatcheck.prove.isolation;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/**
 * Takes the connections of one listening socket and carries what comes over them to connections of its own, in both
 * directions, each until its end ({@code shutdown(2)} for one direction is passed on). Used at both ends: in this JVM, and
 * in the process inside the layer's network.
 *
 * <p>A connection that crosses over between the two begins with the TCP port that it is meant for, and is answered once
 * that is known to be reached: with the address from which it is, as the number of its bytes, its bytes, and the TCP port.
 */
final class Relay implements AutoCloseable {
    private static final int CONNECTIONS_AT_MOST = 512;
    private static final int BUFFER_BYTES = 16 << 10;

    /** Where a connection that was taken leads to. */
    interface Dialer {
        Dialed dial(SocketChannel accepted) throws IOException;
    }

    /**
     * A connection that was made for one that was taken.
     *
     * @param from its local address at the other end, where it crosses over to that
     */
    record Dialed(SocketChannel channel, Optional<InetSocketAddress> from) {}

    private final ServerSocketChannel server;
    private final Dialer dialer;
    private final Map<SocketAddress, InetSocketAddress> onward = new ConcurrentHashMap<>();
    private final Semaphore room = new Semaphore(CONNECTIONS_AT_MOST);

    private Relay(ServerSocketChannel server, Dialer dialer) {
        this.server = server;
        this.dialer = dialer;
    }

    /** Takes connections from now on until it is closed. */
    static Relay start(ServerSocketChannel server, Dialer dialer) {
        Relay relay = new Relay(server, dialer);
        Thread.ofVirtual().name("coatcheck-relay").start(relay::accept);
        return relay;
    }

    /** A relay whose connections cross over to the other end, which is to dial this TCP port. */
    static Dialer across(SocketAddress otherEnd, int port) {
        return accepted -> {
            SocketChannel channel = SocketChannel.open(otherEnd);
            try {
                writeFully(channel, ByteBuffer.allocate(Integer.BYTES).putInt(0, port));
                return new Dialed(channel, Optional.of(readAddress(channel)));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        };
    }

    /** What dials a TCP port. */
    interface PortDialer {
        SocketChannel dial(int port) throws IOException;
    }

    /** A relay at which connections arrive that crossed over. */
    static Dialer arriving(PortDialer dialer) {
        return accepted -> {
            ByteBuffer port = ByteBuffer.allocate(Integer.BYTES);
            readFully(accepted, port);
            SocketChannel channel = dialer.dial(port.getInt(0));
            try {
                writeAddress(accepted, (InetSocketAddress) channel.getLocalAddress());
                return new Dialed(channel, Optional.empty());
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        };
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) server.getLocalAddress();
    }

    /** From which address the other end goes on with a connection that was taken here; empty as long as it does not. */
    Optional<InetSocketAddress> onward(InetSocketAddress client) {
        return Optional.ofNullable(onward.get(client));
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                room.acquire();
                SocketChannel accepted = server.accept();
                Thread.ofVirtual().name("coatcheck-relay").start(() -> serve(accepted));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                room.release(); // out of file descriptors, or the other side went away at once: the next may do better
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void serve(SocketChannel accepted) {
        try (accepted) {
            try {
                join(accepted, dialer.dial(accepted));
            } catch (IOException e) {
                reset(accepted);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        } catch (IOException e) {
            // Closed is closed.
        } finally {
            room.release();
        }
    }

    private void join(SocketChannel accepted, Dialed dialed) throws IOException, InterruptedException {
        try (SocketChannel channel = dialed.channel()) {
            SocketAddress client = accepted.getRemoteAddress();
            dialed.from().ifPresent(from -> onward.put(client, from));
            try {
                Thread back = Thread.ofVirtual().name("coatcheck-relay").start(() -> carry(channel, accepted));
                carry(accepted, channel);
                back.join();
            } finally {
                dialed.from().ifPresent(_ -> onward.remove(client));
            }
        }
    }

    /** Until the end of the one is the end of the other; where either breaks, both do. */
    private static void carry(SocketChannel from, SocketChannel to) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (from.read(buffer) >= 0) {
                writeFully(to, buffer.flip());
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            reset(from);
            reset(to);
        }
    }

    /** A connection that nobody answered must not look like one that ended well. */
    private static void reset(SocketChannel channel) {
        try (channel) {
            if (channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
                channel.setOption(StandardSocketOptions.SO_LINGER, 0);
            }
        } catch (IOException e) {
            // It was closed already.
        }
    }

    private static void writeAddress(SocketChannel channel, InetSocketAddress address) throws IOException {
        byte[] bytes = address.getAddress().getAddress();
        ByteBuffer message = ByteBuffer.allocate(1 + bytes.length + Integer.BYTES);
        message.put((byte) bytes.length).put(bytes).putInt(address.getPort());
        writeFully(channel, message.flip());
    }

    private static InetSocketAddress readAddress(SocketChannel channel) throws IOException {
        ByteBuffer length = ByteBuffer.allocate(1);
        readFully(channel, length);
        ByteBuffer rest = ByteBuffer.allocate(length.get(0) + Integer.BYTES);
        readFully(channel, rest);
        byte[] bytes = new byte[length.get(0)];
        rest.flip().get(bytes);
        return new InetSocketAddress(InetAddress.getByAddress(bytes), rest.getInt());
    }

    private static void writeFully(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static void readFully(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("nobody was reached");
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
