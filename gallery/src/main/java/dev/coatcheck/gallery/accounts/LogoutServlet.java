package dev.coatcheck.gallery.accounts;

import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.channels.Channels;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** {@code POST /logout}: 204, whether or not anybody was logged in. What this device listens to ends everywhere. */
public final class LogoutServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Channels channels;

    public LogoutServlet(Channels channels) {
        this.channels = channels;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
        var session = request.getSession(false);
        if (session != null) {
            var device = SessionUser.device(request);
            Listening.endWith(() -> device.ifPresent(channels::revokeSession), session::invalidate);
        }
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
}
