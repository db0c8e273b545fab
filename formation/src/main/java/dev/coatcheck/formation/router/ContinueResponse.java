package dev.coatcheck.formation.router;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpContinue;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code 100 Continue}: the word for which some clients wait before they send a body. */
final class ContinueResponse {
    private ContinueResponse() {}

    /** Whether the client has asked to be told, and has not been. */
    static boolean isAwaited(HttpServerExchange exchange) {
        return !exchange.isRequestComplete() && HttpContinue.requiresContinueResponse(exchange);
    }

    static void send(HttpServerExchange exchange, Runnable failed) {
        HttpContinue.sendContinueResponse(exchange, new IoCallback() {
            @Override
            public void onComplete(HttpServerExchange sent, @Nullable Sender sender) {}

            @Override
            public void onException(HttpServerExchange unsent, @Nullable Sender sender, IOException e) {
                failed.run();
            }
        });
    }
}
