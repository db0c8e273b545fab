package dev.coatcheck.formation.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Answers what commands ask of a formation that runs. Who stays for as long as it pleases, as {@code logs} and {@code run} do,
 * is counted apart, so that {@code ps} and {@code stop} get through, however many of those there are.
 */
public final class ControlServer implements AutoCloseable {
    private static final int MOST_CLIENTS = 64;
    private static final int MOST_STAYING = 64;

    /** A client that does not come to the point does not keep its place. */
    private static final Executor AFTER_PATIENCE = CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS);

    private static final Duration PAUSE = Duration.ofMillis(100);

    /** Well within what a client waits for a word. */
    private static final Duration PULSE = Duration.ofSeconds(30);

    private final Controlled formation;
    private final Duration pulse;
    private final ControlSocket socket;
    private final ServerSocketChannel channel;
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final Semaphore places = new Semaphore(MOST_CLIENTS);
    private final Semaphore stays = new Semaphore(MOST_STAYING);
    private final Thread acceptor;

    private ControlServer(Controlled formation, ControlSocket socket, ServerSocketChannel channel, Duration pulse) {
        this.formation = formation;
        this.pulse = pulse;
        this.socket = socket;
        this.channel = channel;
        this.acceptor = Thread.ofVirtual().name("control").start(this::accept);
    }

    /** Listens in a workspace, which the caller holds and only its owner can enter. */
    public static ControlServer start(Path workspace, Controlled formation) throws IOException {
        return start(workspace, formation, PULSE);
    }

    /**
     * As {@link #start(Path, Controlled)}.
     *
     * @param pulse how often a client that waits for a change hears something
     */
    static ControlServer start(Path workspace, Controlled formation, Duration pulse) throws IOException {
        ControlSocket socket = ControlSocket.prepare(workspace);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket.path()));
            Files.setPosixFilePermissions(socket.path(), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        return new ControlServer(formation, socket, channel, pulse);
    }

    /** Stops listening, and ends what would go on for ever; who waits for a change still gets the answer. */
    @Override
    public void close() {
        closing.complete(null);
        try {
            channel.close();
            socket.close();
        } catch (IOException e) {
            // What is left of it is removed at the next start.
        }
        acceptor.interrupt();
    }

    private void accept() {
        try {
            while (channel.isOpen()) {
                places.acquire();
                acceptOne();
            }
        } catch (InterruptedException e) {
            // Closed.
        }
    }

    private void acceptOne() throws InterruptedException {
        try {
            SocketChannel client = channel.accept();
            Thread.ofVirtual().name("control-session").start(() -> serve(client));
        } catch (IOException e) {
            // Closed; or this process is out of file descriptors, which may pass.
            places.release();
            Thread.sleep(PAUSE);
        }
    }

    private void serve(SocketChannel channel) {
        Place place = new Place(places);
        try (place;
                Wire client = new Wire(channel)) {
            CompletableFuture<Request> request = new CompletableFuture<>();
            AFTER_PATIENCE.execute(() -> {
                if (!request.isDone()) {
                    client.hangUp();
                }
            });
            try {
                request.complete(client.receive(Request.class));
            } catch (Wire.UnknownException e) {
                request.cancel(true);
                client.send(new Answer.Failed("the formation runs with another version of Coatcheck: to it "
                        + e.getMessage() + "; stop it and start it anew to use this one"));
                return;
            }
            if (stays(request.join()) && !place.changeTo(stays)) {
                client.send(new Answer.Failed(MOST_STAYING
                        + " commands of the kind of 'logs' and 'run' are connected to the formation, and more it does not"
                        + " take; try again when one has ended"));
                return;
            }
            new ControlSession(formation, client, pulse, closing).answer(request.join());
        } catch (IOException e) {
            // The client went away, or is none of ours.
        }
    }

    private static boolean stays(Request request) {
        return switch (request) {
            case Request.Logs _, Request.Run _ -> true;
            case Request.Ps _, Request.Services _, Request.Releases _, Request.Metrics _, Request.Change _ -> false;
        };
    }

    /** A client's permit, of whichever kind it is by now. */
    private static final class Place implements AutoCloseable {
        private Semaphore of;

        Place(Semaphore of) {
            this.of = of;
        }

        boolean changeTo(Semaphore other) {
            if (!other.tryAcquire()) {
                return false;
            }
            of.release();
            of = other;
            return true;
        }

        @Override
        public void close() {
            of.release();
        }
    }
}
