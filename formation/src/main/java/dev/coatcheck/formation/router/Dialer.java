package dev.coatcheck.formation.router;

import static java.util.Objects.requireNonNull;

import io.undertow.UndertowOptions;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.UndertowClient;
import io.undertow.connector.ByteBufferPool;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoFuture;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Opens connections to instances on one I/O thread. Undertow's client gives nobody a chance to put anything between the
 * socket and itself, except whoever opens the socket; and that is always an {@link XnioIoThread}. So this passes for
 * one, although it is never started, and whatever it is asked to do is done by the real one.
 */
final class Dialer extends XnioIoThread {
    private static final OptionMap OPTIONS = OptionMap.builder()
            .set(Options.TCP_NODELAY, true)
            // Counts the bytes that were really written: whether there were any decides what may be sent again.
            .set(UndertowOptions.ENABLE_STATISTICS, true)
            .getMap();

    private final XnioIoThread thread;
    /** Of the connection that Undertow is being given at this moment. */
    private @Nullable InterimResponses interim;

    Dialer(XnioIoThread thread) {
        super(thread.getWorker(), thread.getNumber(), thread.getName() + " dialer");
        this.thread = thread;
    }

    /** Calls back on the I/O thread, at once or later, unless it throws. */
    void connect(URI instance, ByteBufferPool buffers, ClientCallback<InstanceConnection> callback) {
        ClientCallback<ClientConnection> opened = new ClientCallback<>() {
            @Override
            public void completed(ClientConnection connection) {
                callback.completed(new InstanceConnection(connection, requireNonNull(interim)));
            }

            @Override
            public void failed(IOException e) {
                callback.failed(e);
            }
        };
        UndertowClient.getInstance().connect(opened, instance, this, buffers, OPTIONS);
    }

    @Override
    public IoFuture<StreamConnection> openStreamConnection(
            SocketAddress destination, ChannelListener<? super StreamConnection> opened, OptionMap options) {
        ChannelListener<StreamConnection> prepared = connection -> {
            interim = InterimResponses.install(connection);
            opened.handleEvent(connection);
        };
        return thread.openStreamConnection(destination, prepared, options);
    }

    @Override
    public void execute(Runnable task) {
        thread.execute(task);
    }

    @Override
    public XnioExecutor.Key executeAfter(Runnable task, long time, TimeUnit unit) {
        return thread.executeAfter(task, time, unit);
    }

    @Override
    public XnioExecutor.Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
        return thread.executeAtInterval(task, time, unit);
    }
}
