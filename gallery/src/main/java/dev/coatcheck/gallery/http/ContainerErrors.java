package dev.coatcheck.gallery.http;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** The shape of our errors for what Jetty refuses by itself: a path that leads nowhere, a request that is not HTTP. */
final class ContainerErrors implements Request.Handler {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = response.getStatus();
        if (request.getAttribute(ErrorHandler.ERROR_STATUS) instanceof Integer asked) {
            status = asked;
            response.setStatus(status);
        }
        if (request.getAttribute(ErrorHandler.ERROR_EXCEPTION) instanceof HttpException) {
            // Behind a request that it cannot parse Jetty closes the connection, but does not say so: whoever keeps it
            // for the next request would send that one into the end.
            response.getHeaders().put(HttpFields.CONNECTION_CLOSE);
        }
        var code =
                HttpStatus.getMessage(status).toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "_");
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json");
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.write(true, ByteBuffer.wrap(Json.error(code, message(status))), callback);
        return true;
    }

    private static String message(int status) {
        return switch (status) {
            case 404 -> "There is nothing here.";
            case 405 -> "This cannot be done here.";
            case 413 -> "The request is too large.";
            default -> status < 500 ? "We could not make sense of the request." : "Something went wrong on our side.";
        };
    }
}
