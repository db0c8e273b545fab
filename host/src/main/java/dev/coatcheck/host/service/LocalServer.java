package dev.coatcheck.host.service;

import dev.coatcheck.host.process.ExitStatus;
import dev.coatcheck.host.process.Signal;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** What the servers share: a home that is locked for them, one process at a time, and a life from start to close. */
abstract sealed class LocalServer implements BackingServer
        permits MemcachedServer, PostgresServer, RedisServer, S3Server {
    final ServerSettings settings;
    final ServerHome home;
    final ServerProcess process;

    private final String name;
    private String version = "";
    private boolean closed;

    /** @param name what people call it: {@code PostgreSQL} */
    LocalServer(String name, ServerSettings settings, ServerHome home) {
        this.name = name;
        this.settings = settings;
        this.home = home;
        this.process = new ServerProcess(name, home);
    }

    interface Construction<S extends LocalServer> {
        S in(ServerHome home) throws IOException;
    }

    /** A server that was started in its home; the home is free again when it does not come up. */
    static <S extends LocalServer> S started(String name, ServerSettings settings, Construction<S> construction) {
        try {
            ServerHome home = ServerHome.lock(settings.home());
            try {
                S server = construction.in(home);
                server.start();
                return server;
            } catch (IOException | RuntimeException e) {
                home.close();
                throw e;
            }
        } catch (IOException e) {
            throw new ServerStartException(name + " did not start in " + settings.home() + ": " + e.getMessage(), e);
        }
    }

    /** Readies the home, starts the process in it and waits until it serves. */
    abstract void launch() throws IOException;

    /** Makes it empty while it runs. */
    void empty() throws IOException {
        process.kill();
        FileTree.delete(home.data());
        launch();
    }

    /** What asks the process to end in its own orderly way. */
    abstract Signal stopSignal();

    /** Remembers what the server told of itself. */
    final synchronized void told(String ownVersion) {
        version = ownVersion;
    }

    @Override
    public final synchronized void start() {
        if (closed) {
            throw new IllegalStateException("the server in " + home.folder() + " was closed");
        }
        if (process.isRunning()) {
            return;
        }
        try {
            launch();
        } catch (IOException e) {
            throw new ServerStartException(name + " did not start in " + home.folder() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public final synchronized void wipe() {
        if (closed || !process.isRunning()) {
            throw new IllegalStateException("the server in " + home.folder() + " does not run");
        }
        try {
            empty();
        } catch (IOException e) {
            throw new ServerStartException(
                    name + " cannot be made empty in " + home.folder() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public final int tcpPort() {
        return settings.tcpPort();
    }

    @Override
    public final synchronized String version() {
        return version;
    }

    @Override
    public final synchronized CompletableFuture<ExitStatus> onExit() {
        return process.onExit();
    }

    @Override
    public final synchronized void stop() {
        process.stop(stopSignal());
    }

    @Override
    public final synchronized void kill() {
        process.kill();
    }

    @Override
    public final synchronized void close() {
        closed = true;
        stop();
        home.close();
    }
}
