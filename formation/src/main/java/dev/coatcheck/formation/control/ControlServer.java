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

/** Answers what commands ask of a formation that runs. */
public final class ControlServer implements AutoCloseable {
    private static final int MOST_CLIENTS = 64;

    /** A client that does not come to the point does not keep its place. */
    private static final Executor AFTER_PATIENCE = CompletableFuture.delayedExecutor(5, TimeUnit.SECONDS);

    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Controlled formation;
    private final ControlSocket socket;
    private final ServerSocketChannel channel;
    private final CompletableFuture<Void> closing = new CompletableFuture<>();
    private final Semaphore places = new Semaphore(MOST_CLIENTS);
    private final Thread acceptor;

    private ControlServer(Controlled formation, ControlSocket socket, ServerSocketChannel channel) {
        this.formation = formation;
        this.socket = socket;
        this.channel = channel;
        this.acceptor = Thread.ofVirtual().name("control").start(this::accept);
    }

    /** Listens in a workspace, which the caller holds and only its owner can enter. */
    public static ControlServer start(Path workspace, Controlled formation) throws IOException {
        ControlSocket socket = ControlSocket.prepare(workspace);
        ServerSocketChannel channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.bind(UnixDomainSocketAddress.of(socket.path()));
            Files.setPosixFilePermissions(socket.path(), PosixFilePermissions.fromString("rw-------"));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
        return new ControlServer(formation, socket, channel);
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
        try (Wire client = new Wire(channel)) {
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
            new ControlSession(formation, client, closing).answer(request.join());
        } catch (IOException e) {
            // The client went away, or is none of ours.
        } finally {
            places.release();
        }
    }
}
