package dev.coatcheck.formation.control;

import dev.coatcheck.formation.FormationException;
import dev.coatcheck.formation.control.Message.Reply;
import dev.coatcheck.formation.control.Message.Request;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Speaks with the formation that runs in an application's folder. One connection for each question.
 *
 * <pre>{@code
 * ControlClient.of(Path.of("gallery")).instances().forEach(System.out::println);
 * }</pre>
 */
public final class ControlClient {
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

    /** Draining, workers and services one after the other, each with its own limit. */
    private static final Duration STOP_LIMIT = Duration.ofMinutes(3);

    private final Path application;
    private final Path workspace;

    private ControlClient(Path application, Path workspace) {
        this.application = application;
        this.workspace = workspace;
    }

    public static ControlClient of(Path application) {
        Path absolute = application.toAbsolutePath().normalize();
        return new ControlClient(absolute, absolute.resolve(".coatcheck"));
    }

    /**
     * The instances as they are now.
     *
     * @throws FormationException if no formation runs there
     */
    public List<InstanceView> instances() {
        List<InstanceView> instances = ask("ps", ANSWER_LIMIT).instances();
        return instances == null ? List.of() : instances;
    }

    /**
     * Ends the formation and waits until it has ended, for three minutes at most.
     *
     * @throws FormationException if no formation runs there, or it has not ended in time
     */
    public void stop() {
        try {
            ask("stop", STOP_LIMIT);
        } catch (FormationException e) {
            // A formation that has ended takes its end of the socket with it, perhaps before its answer was read.
            if (!(e.getCause() instanceof EOFException)) {
                throw e;
            }
        }
    }

    private Reply ask(String command, Duration limit) {
        SocketChannel channel = connect();
        AtomicBoolean late = new AtomicBoolean();
        CompletableFuture.delayedExecutor(limit.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> {
                    late.set(true);
                    close(channel);
                });
        try (channel) {
            Message.write(Channels.newOutputStream(channel), new Request(command));
            Reply reply = Message.read(new BufferedInputStream(Channels.newInputStream(channel)), Reply.class);
            if (reply.error() != null) {
                throw new FormationException("'" + command + "' in " + application + ": " + reply.error());
            }
            return reply;
        } catch (IOException e) {
            throw new FormationException(
                    "the formation in " + application + " did not answer '" + command + "'"
                            + (late.get() ? " within " + limit.toSeconds() + " s" : ": " + e.getMessage()),
                    e);
        }
    }

    private SocketChannel connect() {
        try {
            return SocketChannel.open(UnixDomainSocketAddress.of(ControlSocket.find(workspace)));
        } catch (IOException | IllegalArgumentException e) {
            if (Files.exists(workspace) && !Files.isExecutable(workspace)) {
                throw new FormationException("only its owner may control the formation in " + application, e);
            }
            throw new FormationException(
                    "no formation runs in " + application + "; 'coatcheck up " + application
                            + "' starts one, and -C names another folder",
                    e);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // Closed in any case.
        }
    }
}
