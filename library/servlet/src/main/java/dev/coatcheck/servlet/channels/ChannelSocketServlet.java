package dev.coatcheck.servlet.channels;

import dev.coatcheck.servlet.SameOrigin;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.channels.Channels;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.DeploymentException;
import jakarta.websocket.Endpoint;
import jakarta.websocket.Extension;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Channels over a WebSocket. A servlet, so that filters stand before it as before every other: who listens is known from the
 * request that opens the socket, whose page must be of the {@linkplain SameOrigin same origin}.
 *
 * <p>A client sends {@code {"type":"subscribe","topic":"album-7"}}, with {@code "position":"…"} where it comes back, and
 * {@code unsubscribe} likewise; {@code @me} is what is meant for the user who is logged in. It is sent what
 * {@link ChannelStreamServlet} sends, and {@code beat} while nothing comes, {@code refused} for a topic that it may not
 * listen to or that is none.
 *
 * <p>The last message is {@code closed}, and its object is also the reason beside the close code:
 *
 * <table>
 *   <caption>Close codes</caption>
 *   <tr><th>code</th><th>means</th><th>and the client</th></tr>
 *   <tr><td>1001</td><td>the process has ended channels</td><td>comes back</td></tr>
 *   <tr><td>1003</td><td>it has sent what is no such message</td><td>is mended</td></tr>
 *   <tr><td>1008</td><td>its user or session may no longer listen</td><td>logs in</td></tr>
 *   <tr><td>1011</td><td>the application failed, as its log says</td><td>comes back later</td></tr>
 *   <tr><td>1012</td><td>the process drains</td><td>comes back after {@code retry} milliseconds</td></tr>
 *   <tr><td>1013</td><td>the store cannot be reached, more was asked for than was answered, or the process has become full
 *     since the socket was let in</td><td>comes back later</td></tr>
 *   <tr><td>4008</td><td>it took its messages too slowly, or nothing for {@link ChannelFaceSettings#writeLimit()}</td>
 *     <td>comes back for what is kept</td></tr>
 *   <tr><td>4010</td><td>a revocation may have been missed</td><td>comes back at once</td></tr>
 *   <tr><td>4029</td><td>its user has opened more than {@linkplain ChannelSettings#userSubscriptions() one may have}, and
 *     it was the oldest</td><td>comes back when somebody looks at it</td></tr>
 * </table>
 *
 * <p>A client that does not answer to three pings is cut off. Before the socket is open: 403 for a page of another origin, 426
 * for what asks for no WebSocket, 503 with {@code Retry-After} for a store that cannot be reached, and where the process
 * serves {@link ChannelFaceSettings#maxConnections()} already. {@code ?client=NAME} is as on {@link ChannelStreamServlet}. Needs a
 * container with Jakarta WebSocket 2.1 or later. Cost: as {@link Channels} says; one virtual thread for each socket, and a second
 * while it asks for something; none of the container's.
 *
 * <pre>{@code
 * JakartaWebSocketServletContainerInitializer.configure(context, null); // in Jetty
 * var sockets = new ChannelSocketServlet(channels, access);
 * context.addServlet("sockets", sockets).addMapping("/socket");
 * lifecycle.onStop(Phase.WORK, "sockets", () -> {
 *     channels.drain(Duration.ofSeconds(10));
 *     sockets.awaitClosed(Duration.ofSeconds(2)); // before the container is stopped
 * });
 * }</pre>
 */
public final class ChannelSocketServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    private final transient ChannelFace face;
    private final transient OpenSockets sockets = new OpenSockets();

    public ChannelSocketServlet(Channels channels, ChannelAccess access) {
        this(channels, access, ChannelFaceSettings.defaults());
    }

    public ChannelSocketServlet(Channels channels, ChannelAccess access, ChannelFaceSettings settings) {
        this.face = new ChannelFace(channels, access, settings);
    }

    /**
     * Waits until the clients have taken their ends, when the process is about to end its container: a container that stops
     * cuts off what is still open, and a client that was cut off is not told when to come back.
     *
     * @param limit of the wait; a client that does not answer keeps its socket open for
     *     {@link ChannelFaceSettings#writeLimit()}
     * @return how many are still open: none where all have taken it
     * @throws InterruptedException where the waiting thread is interrupted
     */
    public int awaitClosed(Duration limit) throws InterruptedException {
        return sockets.awaitNone(limit);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (!"websocket".equalsIgnoreCase(request.getHeader("Upgrade"))) {
            response.setHeader("Upgrade", "websocket");
            ChannelRefusal.UPGRADE_REQUIRED.answer(response, "This address is for a WebSocket.");
        } else if (!SameOrigin.isOf(request)) {
            ChannelRefusal.FORBIDDEN.answer(response, "The page is of another origin.");
        } else if (!face.hasRoom()) {
            ChannelRefusal.NO_ROOM.answer(response, "This process serves no more connections at the moment.");
        } else {
            try {
                upgrade(request, response, face.client(request));
            } catch (BackingServiceException e) {
                ChannelRefusal.STORE_UNAVAILABLE.answer(response, "The service cannot be reached at the moment.");
            }
        }
    }

    private void upgrade(HttpServletRequest request, HttpServletResponse response, ChannelFace.Client client)
            throws ServletException, IOException {
        if (!(request.getServletContext().getAttribute(ServerContainer.class.getName())
                instanceof ServerContainer container)) {
            throw new ServletException("this container has no Jakarta WebSocket: add its module, as the Javadoc of "
                    + ChannelSocketServlet.class.getSimpleName() + " shows");
        }
        // The class is only a name, as the instance is given: Jetty wants a public one.
        var config = ServerEndpointConfig.Builder.create(Endpoint.class, request.getRequestURI())
                .configurator(new ServerEndpointConfig.Configurator() {
                    @Override
                    public <T> T getEndpointInstance(Class<T> type) {
                        return type.cast(new ChannelSocket(face, client, sockets));
                    }

                    // None: compression keeps a window for each socket, and messages are small.
                    @Override
                    public List<Extension> getNegotiatedExtensions(
                            List<Extension> installed, List<Extension> requested) {
                        return List.of();
                    }
                })
                .build();
        try {
            container.upgradeHttpToWebSocket(request, response, config, Map.of());
        } catch (DeploymentException e) {
            throw new ServletException("the WebSocket could not be opened", e);
        }
    }
}
