package dev.coatcheck.guides;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Map;
import java.util.function.Consumer;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;

/** An instance of a web application, in Jetty as it comes: its own sessions are in its memory. */
final class Instance implements AutoCloseable {
    private final Server server;

    private Instance(Server server) {
        this.server = server;
    }

    /**
     * Starts one.
     *
     * @param starting what the application does while it starts, such as adding filters
     * @param pages by their paths
     */
    static Instance start(Consumer<ServletContext> starting, Map<String, Page> pages) {
        var application = new ServletContextHandler("/", ServletContextHandler.SESSIONS);
        application.addEventListener(new ServletContextListener() {
            @Override
            public void contextInitialized(ServletContextEvent event) {
                starting.accept(event.getServletContext());
            }
        });
        pages.forEach((path, page) -> application.addServlet(new ServletHolder(path, new PageServlet(page)), path));
        var server = new Server(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        server.setHandler(application);
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty did not start", e);
        }
        return new Instance(server);
    }

    URI at(String path) {
        return server.getURI().resolve(path);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("Jetty did not stop", e);
        }
    }

    @SuppressWarnings("serial") // never serialised
    private static final class PageServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;
        private final transient Page page;

        PageServlet(Page page) {
            this.page = page;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response)
                throws ServletException, IOException {
            page.serve(request, response);
        }
    }
}
