package dev.coatcheck.gallery.http;

import dev.coatcheck.process.health.HealthEndpoints;
import dev.coatcheck.servlet.DrainFilter;
import dev.coatcheck.servlet.HealthServlet;
import dev.coatcheck.servlet.RequestIdFilter;
import dev.coatcheck.servlet.RestOfBodyFilter;
import dev.coatcheck.servlet.SessionFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.ee11.websocket.jakarta.server.config.JakartaWebSocketServletContainerInitializer;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.VirtualThreadPool;

/**
 * Jetty, with a virtual thread for each request, limits on everything that a client sends, and no sessions of its own.
 *
 * <p>It believes {@code X-Forwarded-For}, {@code -Proto} and {@code -Host}, so only a router may reach it that sets them.
 */
public final class GalleryServer {
    /** How many clients may be connected, whatever they ask for. */
    public static final int MAX_CONNECTIONS = 2_000;

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final long IDLE_MILLIS = 30_000;
    private static final long STOP_MILLIS = 2_000;
    private static final long MAX_DISCARDED_BYTES = 64 << 20;
    private static final Duration MAX_DISCARDING = Duration.ofMinutes(1);

    private final Server server;
    private final ServerConnector connector;

    private GalleryServer(Server server, ServerConnector connector) {
        this.server = server;
        this.connector = connector;
    }

    /**
     * Starts to listen.
     *
     * @param address the name or number to listen on
     * @param tcpPort 0 for any that is free
     * @param routes all but the page, health and metrics
     */
    public static GalleryServer start(
            String address,
            int tcpPort,
            DrainFilter drain,
            SessionFilter sessions,
            HealthEndpoints health,
            Page page,
            List<Route> routes) {
        var server = new Server(new VirtualThreadPool());
        var connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http()));
        connector.setHost(address);
        connector.setPort(tcpPort);
        connector.setIdleTimeout(IDLE_MILLIS);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
        server.setStopTimeout(STOP_MILLIS);
        server.setErrorHandler(new ContainerErrors());
        server.setHandler(context(drain, sessions, health, page, routes));
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("cannot listen on " + address + ":" + tcpPort + ": " + e.getMessage(), e);
        }
        return new GalleryServer(server, connector);
    }

    private static HttpConfiguration http() {
        var http = new HttpConfiguration();
        http.setRequestHeaderSize(MAX_HEADER_BYTES);
        http.setSendServerVersion(false);
        http.setUriCompliance(UriCompliance.DEFAULT);
        http.addCustomizer(new ForwardedRequestCustomizer());
        return http;
    }

    private static ServletContextHandler context(
            DrainFilter drain, SessionFilter sessions, HealthEndpoints health, Page page, List<Route> routes) {
        var context = new ServletContextHandler("/");
        context.setErrorHandler(new ContainerErrors());
        JakartaWebSocketServletContainerInitializer.configure(context, null);
        // From the outside in: the session filter saves after everything that could change the session or fail.
        for (Filter filter : new Filter[] {
            drain,
            new RequestIdFilter(),
            new RestOfBodyFilter(MAX_DISCARDED_BYTES, MAX_DISCARDING),
            new SecurityHeadersFilter(),
            sessions,
            new ErrorFilter(),
            new OriginFilter()
        }) {
            addFilter(context, filter, "/*");
        }
        addFilter(context, new MetricsFilter(), HealthEndpoints.METRICS);
        var healthServlet = new ServletHolder("health", new HealthServlet(health));
        for (var path : HealthServlet.paths()) {
            context.addServlet(healthServlet, path);
        }
        var pageServlet = new ServletHolder("page", page);
        for (var path : Page.PATHS) {
            context.addServlet(pageServlet, path);
        }
        for (var route : routes) {
            for (var filter : route.filters()) {
                addFilter(context, filter, route.path());
            }
            var servlet = new ServletHolder(route.path(), route.servlet());
            servlet.setAsyncSupported(true); // event streams are
            context.addServlet(servlet, route.path());
        }
        return context;
    }

    private static void addFilter(ServletContextHandler context, Filter filter, String path) {
        var holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, path, EnumSet.of(DispatcherType.REQUEST));
    }

    public int tcpPort() {
        return connector.getLocalPort();
    }

    /** Takes no more connections; those that are open go on. */
    public void stopListening() {
        connector.close();
    }

    /** Closes the connections too, and ends the threads. */
    public void stop() throws Exception {
        server.stop();
    }
}
