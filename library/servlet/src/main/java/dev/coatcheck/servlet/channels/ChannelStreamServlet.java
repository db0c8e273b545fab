package dev.coatcheck.servlet.channels;

import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Place;
import dev.coatcheck.state.channels.Position;
import dev.coatcheck.state.channels.Subscription;
import dev.coatcheck.state.channels.Topic;
import jakarta.servlet.AsyncContext;
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
 * {@code unsure}, {@code too-many}). Its id is where the client is on all its topics, which it says in
 * {@code Last-Event-ID} when it comes back, to any process: a browser's {@code EventSource} does that by itself. A process that
 * drains says with {@code retry} when to come back. After {@code revoked} and {@code too-many} an {@code EventSource} is to be
 * closed; it is told to stay away for an hour. Comments keep the connection alive.
 *
 * <p>A client that adds {@code client=NAME}, a random one of up to 64 letters and digits, and keeps it when it comes back,
 * takes the place of its own connection of before, which the process may not have noticed to be gone.
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
        var place = face.takePlace();
        if (place.isEmpty()) {
            ChannelRefusal.NO_ROOM.answer(response, "This process serves no more connections at the moment.");
            return;
        }
        boolean streams = false;
        try {
            var client = face.client(request);
            var asked = StreamRequest.of(request, client.subscriber());
            streams = serve(request, response, client, asked, place.get());
        } catch (StreamRequest.RefusedException e) {
            ChannelRefusal.BAD_REQUEST.answer(response, String.valueOf(e.getMessage()));
        } catch (BackingServiceException e) {
            ChannelRefusal.STORE_UNAVAILABLE.answer(response, "The service cannot be reached at the moment.");
        } finally {
            if (!streams) {
                place.get().close();
            }
        }
    }

    /**
     * Asks who may listen when a revocation already ends the subscription, so that none falls in between. Only who is served
     * takes another's place.
     *
     * @return whether it streams, until which the place is the caller's
     */
    private boolean serve(
            HttpServletRequest request,
            HttpServletResponse response,
            ChannelFace.Client client,
            StreamRequest asked,
            Place place)
            throws IOException {
        var subscription = face.channels().prepare(client.subscriber());
        boolean streams = false;
        try {
            if (isAllowed(response, client, asked)) {
                asked.positions().forEach((topic, position) -> subscribe(subscription, topic, position));
                subscription.admit();
                var async = begin(request, response);
                var out = BoundedOutput.of(async.getResponse().getOutputStream());
                new EventStream(subscription, place, client, asked, face, async, out).start();
                streams = true;
            }
        } finally {
            if (!streams) {
                subscription.close();
            }
        }
        return streams;
    }

    /** Answers to who is not. */
    private boolean isAllowed(HttpServletResponse response, ChannelFace.Client client, StreamRequest asked)
            throws IOException {
        if (!client.isStillValid()) {
            ChannelRefusal.FORBIDDEN.answer(response, "The session has ended.");
            return false;
        }
        var refused = asked.positions().keySet().stream()
                .filter(topic -> !face.mayListen(client, topic))
                .map(Named::of)
                .toList();
        if (!refused.isEmpty()) {
            ChannelRefusal.FORBIDDEN.answer(response, "You may not listen to some of these topics.", refused);
            return false;
        }
        return true;
    }

    private static void subscribe(Subscription subscription, Topic topic, Optional<Position> position) {
        position.ifPresentOrElse(after -> subscription.subscribe(topic, after), () -> subscription.subscribe(topic));
    }

    private static AsyncContext begin(HttpServletRequest request, HttpServletResponse response) {
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // nginx would hold events back
        var async = request.startAsync();
        async.setTimeout(0); // the heartbeat notices who is gone
        return async;
    }
}
