package dev.coatcheck.gallery.accounts;

import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.state.channels.Channels;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/** {@code POST /logout/everywhere}: 204; ends the user's sessions and what they listen to, on all devices. 401 where nobody is. */
public final class LogoutEverywhereServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Channels channels;

    public LogoutEverywhereServlet(Channels channels) {
        this.channels = channels;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) {
        var user = User.require(request);
        Listening.endWith(() -> channels.revokeUser(user.id().toString()), () -> SessionUser.logOutEverywhere(request));
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
    }
}
