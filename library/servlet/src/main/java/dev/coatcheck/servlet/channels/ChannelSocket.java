package dev.coatcheck.servlet.channels;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.CloseReason.Revoked;
import dev.coatcheck.state.channels.Delivery;
import dev.coatcheck.state.channels.Delivery.Begun;
import dev.coatcheck.state.channels.Delivery.Closed;
import dev.coatcheck.state.channels.Delivery.Message;
import dev.coatcheck.state.channels.Delivery.Missed;
import dev.coatcheck.state.channels.Delivery.Nothing;
import dev.coatcheck.state.channels.Place;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import jakarta.websocket.Session;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One WebSocket: a thread that writes what comes on its subscription, and what the client asks for in between. */
final class ChannelSocket extends Endpoint {
    private static final System.Logger LOG = System.getLogger(ChannelSocket.class.getName());

    /** A client asks for topics, and says nothing else. */
    private static final int MOST_CHARACTERS = 4 << 10;

    private static final int UNANSWERED_PINGS = 3;

    private final ChannelFace face;
    private final ChannelFace.Client client;
    private final OpenSockets sockets;
    private final AtomicInteger unanswered = new AtomicInteger();
    private volatile @Nullable Subscription subscription;

    /** From the opening to the close, which containers tell in pairs; an upgrade may fail without a word. */
    private volatile @Nullable Place place;

    ChannelSocket(ChannelFace face, ChannelFace.Client client, OpenSockets sockets) {
        this.face = face;
        this.client = client;
        this.sockets = sockets;
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        sockets.opened(this);
        session.setMaxTextMessageBufferSize(MOST_CHARACTERS);
        session.setMaxIdleTimeout(0); // the heartbeat notices who is gone
        var socket = new SocketOutput(session, face.settings().writeLimit());
        var taken = face.takePlace();
        if (taken.isEmpty()) {
            socket.close(CloseCode.STORE_UNAVAILABLE, "this process serves no more connections at the moment");
            return;
        }
        place = taken.get();
        try {
            var opened = face.channels().prepare(client.subscriber());
            subscription = opened;
            var requests = new SocketRequests(text -> asked(opened, socket, text));
            // Not lambdas: the container looks for the type of the message in the type of the handler.
            session.addMessageHandler(new MessageHandler.Whole<String>() {
                @Override
                public void onMessage(String text) {
                    if (!requests.add(text)) {
                        socket.close(CloseCode.STORE_UNAVAILABLE, "more is asked for than is answered");
                        requests.close();
                        opened.close();
                    }
                }
            });
            session.addMessageHandler(new MessageHandler.Whole<PongMessage>() {
                @Override
                public void onMessage(PongMessage pong) {
                    unanswered.set(0);
                }
            });
            Thread.ofVirtual().name("coatcheck-channel-socket").start(() -> {
                write(opened, socket);
                requests.close();
            });
        } catch (BackingServiceException e) {
            storeIsAway(socket, e);
        }
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        sockets.closed(this);
        var taken = place;
        if (taken != null) {
            taken.close();
        }
        end();
    }

    @Override
    public void onError(Session session, Throwable failure) {
        LOG.log(DEBUG, "a socket failed: {0}", failure.getMessage());
        end();
    }

    private void end() {
        var open = subscription;
        if (open != null) {
            open.close();
        }
    }

    /** Writes what comes until there is an end. */
    private void write(Subscription open, SocketOutput socket) {
        try (open) {
            if (!client.isStillValid()) {
                var unused = send(new Closed(new Revoked()), socket);
                return;
            }
            open.admit();
            var coming = new Recheck(open, client, face.settings());
            while (send(coming.next(), socket)) {}
        } catch (IOException e) {
            LOG.log(DEBUG, "a socket is cut off: {0}", e.getMessage());
            socket.close(CloseCode.TOO_SLOW, ChannelJson.of(new dev.coatcheck.state.channels.CloseReason.TooSlow()));
        } catch (BackingServiceException e) {
            storeIsAway(socket, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(ERROR, "a socket ends, its client comes back", e);
        } finally {
            socket.close(CloseCode.FAILED, "failed"); // unless it was closed for a reason that is known
        }
    }

    /** Sends what has come; says whether anything may follow. */
    private boolean send(Delivery delivery, SocketOutput socket) throws IOException, InterruptedException {
        switch (delivery) {
            case Begun begun -> socket.send(ChannelJson.of(begun));
            case Message message -> socket.send(face.encoded().of(message).json());
            case Missed missed -> socket.send(ChannelJson.of(missed));
            case Nothing() -> {
                if (unanswered.getAndIncrement() == UNANSWERED_PINGS) {
                    throw new IOException("no answer to " + UNANSWERED_PINGS + " pings");
                }
                socket.ping();
                socket.send(ChannelJson.beat());
            }
            case Closed(var reason) -> {
                // As a message too: a client hears of the close frame's code only when the connection has ended.
                socket.send(ChannelJson.of(reason));
                socket.close(CloseCode.of(reason), ChannelJson.of(reason));
                return false;
            }
        }
        return true;
    }

    /** The client asks for something. */
    private void asked(Subscription open, SocketOutput socket, String text) {
        SocketRequest request;
        try {
            request = SocketRequest.parse(text);
        } catch (IllegalArgumentException e) {
            socket.close(CloseCode.NO_MESSAGE, String.valueOf(e.getMessage()));
            return;
        }
        try {
            answer(open, socket, request);
        } catch (BackingServiceException e) {
            storeIsAway(socket, e);
        } catch (IOException e) {
            open.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.log(ERROR, "a socket ends, its client comes back", e);
            socket.close(CloseCode.FAILED, "failed");
            open.close();
        }
    }

    private void answer(Subscription open, SocketOutput socket, SocketRequest request)
            throws IOException, InterruptedException {
        switch (request) {
            case SocketRequest.Subscribe(var name, var position) -> {
                var topic = topic(name).filter(named -> face.mayListen(client, named));
                if (topic.isPresent()) {
                    subscribe(open, socket, topic.get(), position);
                } else {
                    socket.send(ChannelJson.refused(name));
                }
            }
            case SocketRequest.Unsubscribe(var name) -> topic(name).ifPresent(open::unsubscribe);
        }
    }

    private static void subscribe(Subscription open, SocketOutput socket, Topic topic, Optional<Position> position) {
        try {
            position.ifPresentOrElse(after -> open.subscribe(topic, after), () -> open.subscribe(topic));
        } catch (IllegalStateException e) {
            socket.close(CloseCode.REVOKED, String.valueOf(e.getMessage())); // too many topics
        }
    }

    /** What a client means, where it may mean anything. */
    private Optional<Topic> topic(String name) {
        try {
            return Optional.of(Named.topic(client.subscriber(), name));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private void storeIsAway(SocketOutput socket, BackingServiceException e) {
        LOG.log(WARNING, "a socket ends, its client comes back: {0}", e.getMessage());
        socket.close(CloseCode.STORE_UNAVAILABLE, "the store cannot be reached");
        end();
    }
}
