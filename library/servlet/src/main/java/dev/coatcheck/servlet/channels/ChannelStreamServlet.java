package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Optional;

/**
 * Channels as server-sent events: {@code GET ?topic=album-7&topic=@me}, {@code @me} being what is meant for the user who is
 * logged in. Map it asynchronous, as are the filters in front of it.
 *
 * <p>Every event's data is a JSON object whose {@code type} is {@code begun}, {@code message} (with {@code data}, a text),
 * {@code missed} or {@code closed} (with a {@code reason}: {@code ended}, {@code revoked}, {@code too-slow}, {@code draining},
 * {@code unsure}, {@code too-many}). Its id is where the client is on all its topics, which it says in {@code Last-Event-ID} when it comes
 * back, to any process: a browser's {@code EventSource} does that by itself. A process that drains says with
 * {@code retry} when to come back. Comments keep the connection alive.
 *
 * <p>400 says what is wrong with a request; 403 has in {@code topics} those that {@link ChannelAccess}
 * does not allow, and is answered to a session that was revoked since it was read; 503 with
 * {@code Retry-After} is a store that cannot be reached, or a process that serves
 * {@link ChannelFaceSettings#maxConnections()} already. A client that takes its messages too slowly is cut off when its
 * queue is full, one that takes nothing at {@link ChannelFaceSettings#writeLimit()}; both may come back for what is kept.
 *
 * <p>Cost: as {@link Channels} says; one virtual thread for each connection, and none of the container's.
 *
 * <pre>{@code
 * var access = ChannelAccess.bySession((subscriber, topic) -> albums.isVisible(topic.name(), subscriber.user()));
 * var servlet = context.addServlet("channels", new ChannelStreamServlet(channels, access));
 * servlet.addMapping("/channels");
 * servlet.setAsyncSupported(true);
 * lifecycle.onStop(Phase.WORK, "event streams", () -> channels.drain(Duration.ofSeconds(10)));
 * }</pre>
 */
public final class ChannelStreamServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient ChannelFace face;

    public ChannelStreamServlet(Channels channels, ChannelAccess access) {
        this(channels, access, ChannelFaceSettings.defaults());
    }

    public ChannelStreamServlet(Channels channels, ChannelAccess access, ChannelFaceSettings settings) {
        this.face = new ChannelFace(channels, access, settings);
    }

    /** Refused: a stream whose body the container drops would never notice that its client is gone. */
    @Override
    protected void doHead(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader("Allow", "GET");
        response.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!face.hasRoom()) {
            ChannelRefusal.NO_ROOM.answer(response, "This process serves no more connections at the moment.");
            return;
        }
        try {
            var client = face.client(request);
            var asked = StreamRequest.of(request, client.subscriber());
            serve(request, response, client, asked);
        } catch (StreamRequest.RefusedException e) {
            ChannelRefusal.BAD_REQUEST.answer(response, String.valueOf(e.getMessage()));
        } catch (BackingServiceException e) {
            ChannelRefusal.STORE_UNAVAILABLE.answer(response, "The service cannot be reached at the moment.");
        }
    }

    /** Asks who may listen when a revocation already ends the subscription, so that none falls in between. */
    private void serve(
            HttpServletRequest request, HttpServletResponse response, ChannelFace.Client client, StreamRequest asked)
            throws IOException {
        var subscription = face.channels().open(client.subscriber());
        boolean streams = false;
        try {
            if (!client.isStillValid()) {
                ChannelRefusal.FORBIDDEN.answer(response, "The session has ended.");
                return;
            }
            var refused = asked.positions().keySet().stream()
                    .filter(topic -> !face.mayListen(client, topic))
                    .map(Named::of)
                    .toList();
            if (!refused.isEmpty()) {
                ChannelRefusal.FORBIDDEN.answer(response, "You may not listen to some of these topics.", refused);
                return;
            }
            asked.positions().forEach((topic, position) -> subscribe(subscription, topic, position));
            stream(request, response, subscription, client, asked);
            streams = true;
        } finally {
            if (!streams) {
                subscription.close();
            }
        }
    }

    private static void subscribe(Subscription subscription, Topic topic, Optional<Position> position) {
        position.ifPresentOrElse(after -> subscription.subscribe(topic, after), () -> subscription.subscribe(topic));
    }

    private void stream(
            HttpServletRequest request,
            HttpServletResponse response,
            Subscription subscription,
            ChannelFace.Client client,
            StreamRequest asked)
            throws IOException {
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // nginx would hold events back
        var async = request.startAsync();
        async.setTimeout(0); // the heartbeat notices who is gone
        var out = BoundedOutput.of(async.getResponse().getOutputStream());
        new EventStream(subscription, client, asked, face, async, out).start();
    }
}
