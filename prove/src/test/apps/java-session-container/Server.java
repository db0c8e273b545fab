import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpSession;
import java.io.IOException;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;

/** An ordinary servlet application on an embedded Jetty, with the sessions that Jetty gives it: in memory. */
public class Server {
    static final class Login extends HttpServlet {
        @Override
        protected void doPost(HttpServletRequest request, HttpServletResponse response) {
            request.getSession().setAttribute("user", request.getParameter("user"));
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
            response.setHeader("Location", "/basket");
        }
    }

    static final class Basket extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            HttpSession session = request.getSession(false);
            if (session == null || session.getAttribute("user") == null) {
                response.setStatus(HttpServletResponse.SC_FOUND);
                response.setHeader("Location", "/login");
                return;
            }
            response.setContentType("text/plain;charset=utf-8");
            response.getWriter().println("The basket of " + session.getAttribute("user") + " is empty.");
        }
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "8080"));
        ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
        context.addServlet(new ServletHolder(new Login()), "/login");
        context.addServlet(new ServletHolder(new Basket()), "/basket");
        org.eclipse.jetty.server.Server server = new org.eclipse.jetty.server.Server(port);
        server.setHandler(context);
        server.start();
        System.out.println("listening on " + port);
    }
}
