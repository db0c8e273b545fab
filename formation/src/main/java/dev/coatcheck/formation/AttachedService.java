package dev.coatcheck.formation;

import dev.coatcheck.formation.application.ServiceKind;
import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Journal;
import dev.coatcheck.formation.supervision.Backoff;
import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.service.BackingServer;
import dev.coatcheck.host.service.ServerSettings;
import dev.coatcheck.host.service.ServerStartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.random.RandomGenerator;

/**
 * A backing service that is kept running on one TCP port: a server that exits by itself, or is killed, is started again with
 * its data after a wait. A thread of its own watches it.
 */
final class AttachedService implements AutoCloseable {
    private final ServiceKind kind;
    private final BackingServer server;
    private final Journal journal;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final Thread watch;
    private volatile boolean closing;

    private AttachedService(ServiceKind kind, BackingServer server, Journal journal) {
        this.kind = kind;
        this.server = server;
        this.journal = journal;
        this.watch = Thread.ofVirtual().name(kind.label()).start(this::watch);
    }

    /** Starts a server with its data in this folder and waits until it answers. */
    static AttachedService start(ServiceKind kind, Path folder, Journal journal) {
        BackingServer server = kind.start(ServerSettings.at(folder));
        journal.tell(
                kind.label(),
                Kind.SERVICE_READY,
                Level.INFO,
                kind.label() + " " + server.version() + " is ready (TCP port " + server.tcpPort() + ")",
                Map.of("port", server.tcpPort(), "version", server.version()));
        return new AttachedService(kind, server, journal);
    }

    ServiceKind kind() {
        return kind;
    }

    /**
     * What tells a process where it is, in an order for people: a value for each of its
     * {@linkplain ServiceKind#variables() variables}.
     */
    Map<String, String> variables() {
        return ServiceKind.variables(server);
    }

    /** The server's own. */
    String version() {
        return server.version();
    }

    @Override
    public void close() {
        closing = true;
        watch.interrupt();
        server.close();
    }

    private void watch() {
        try {
            while (!closing) {
                CompletableFuture<ExitStatus> exit = server.onExit();
                long start = System.nanoTime();
                ExitStatus status = exit.get();
                if (!closing) {
                    restart(status, Duration.ofNanos(System.nanoTime() - start));
                }
            }
        } catch (InterruptedException e) {
            // Closing.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private void restart(ExitStatus status, Duration wellFor) throws InterruptedException {
        Duration wait = backoff.afterEnd(wellFor);
        journal.tell(
                kind.label(),
                Kind.SERVICE_EXITED,
                Level.ERROR,
                kind.label() + " " + status + "; it starts again with its data in " + Backoff.inWords(wait),
                Map.of("port", server.tcpPort()));
        Thread.sleep(wait);
        try {
            server.start();
            journal.tell(
                    kind.label(),
                    Kind.SERVICE_READY,
                    Level.INFO,
                    kind.label() + " is back",
                    Map.of("port", server.tcpPort()));
        } catch (IllegalStateException e) {
            // Closed meanwhile, which the loop notices.
        } catch (ServerStartException e) {
            journal.tell(kind.label(), Kind.SERVICE_EXITED, Level.ERROR, String.valueOf(e.getMessage()), Map.of());
        }
    }
}
