package dev.coatcheck.gallery;

import dev.coatcheck.gallery.http.GalleryServer;
import dev.coatcheck.gallery.http.Page;
import dev.coatcheck.gallery.http.Route;
import dev.coatcheck.gallery.photos.Albums;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.config.Secret;
import dev.coatcheck.process.health.Health;
import dev.coatcheck.process.health.HealthEndpoints;
import dev.coatcheck.process.health.Metrics;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.DrainFilter;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.servlet.channels.ChannelSocketServlet;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.channels.ChannelSettings;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A web process as far as it gets with no backing service: the build runs it, so that the JVM notes which classes one
 * loads, and every later start finds them loaded and linked in a file. It need not do what a web process does: a class
 * that is not met here is loaded as ever, and nothing that is in the file is believed before its jar is compared.
 */
final class Training {
    /** Nothing listens there, so that an attempt to connect fails at once. */
    private static final String NOBODY = "127.0.0.1:1";

    private static final String POSTGRES = "postgresql://nobody@" + NOBODY + "/nothing";
    private static final String REDIS = "redis://" + NOBODY;

    private static final String SOCKET = "/training/socket";
    private static final int MILLIS = 10_000;

    private Training() {}

    static void run() {
        try (var lifecycle = Lifecycle.embedded(Duration.ofSeconds(1))) {
            attachRedis();
            var postgres = Postgres.attach(POSTGRES);
            var flags = postgres.flags(FlagSettings.defaults());
            // In place of Redis, which is not attached where nothing answers.
            var albums = Albums.in(postgres::cache);
            var channels = postgres.channels(ChannelSettings.defaults());
            lifecycle.onStop(Phase.CLIENTS, "postgresql", () -> {
                channels.close();
                albums.close();
                flags.close();
                postgres.close();
            });
            var metrics = Metrics.of(lifecycle);
            lifecycle.onStop(Phase.CLIENTS, "metrics", metrics);
            var health = Health.of(lifecycle).check("postgresql", postgres::ping);
            var server = GalleryServer.start(
                    "127.0.0.1",
                    0,
                    new DrainFilter(lifecycle),
                    new SessionFilter(postgres.sessions(SessionSettings.defaults()), SessionFilterSettings.defaults()),
                    new HealthEndpoints(health, metrics),
                    new Page(config().maxPhotoMegabytes()),
                    routes(
                            lifecycle,
                            new Web.Attached(
                                    postgres,
                                    PhotoStore.on(postgres),
                                    flags,
                                    albums,
                                    postgres.limits(new OnOutage.Closed()),
                                    channels,
                                    new ChannelSocketServlet(channels, Web.ACCESS))));
            lifecycle.onStop(Phase.WORK, "requests", server::stop);
            lifecycle.ready();
            openSocket(URI.create("ws://127.0.0.1:" + server.tcpPort() + SOCKET));
            for (var path : List.of(
                    "/", "/me", "/photos", "/uploads", "/channels", "/health/live", "/health/ready", "/metrics")) {
                ask(URI.create("http://127.0.0.1:" + server.tcpPort() + path));
            }
        }
    }

    /** Those of a web process, and a socket for who is not logged in. */
    private static List<Route> routes(Lifecycle lifecycle, Web.Attached attached) {
        var routes = new ArrayList<>(Web.routes(config(), lifecycle, attached));
        routes.add(Route.of(SOCKET, attached.sockets()));
        return routes;
    }

    private static WebConfig config() {
        var database = new PostgresUrl(Secret.of(POSTGRES));
        return new WebConfig(
                database,
                new RedisUrl(Secret.of(REDIS)),
                Optional.empty(),
                0,
                "127.0.0.1",
                1,
                1,
                Duration.ofSeconds(1));
    }

    private static void attachRedis() {
        try {
            Redis.attach(REDIS).close();
        } catch (BackingServiceException e) {
            // As it should be: the client's classes are loaded.
        }
    }

    /** It is closed when the channels find that there is no store. */
    private static void openSocket(URI address) {
        var closed = new CompletableFuture<Integer>();
        var client = HttpClient.newHttpClient();
        try {
            client.newWebSocketBuilder()
                    .buildAsync(address, new WebSocket.Listener() {
                        @Override
                        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                            closed.complete(code);
                            return null;
                        }

                        @Override
                        public void onError(WebSocket from, Throwable failure) {
                            closed.completeExceptionally(failure);
                        }
                    })
                    .orTimeout(MILLIS, TimeUnit.MILLISECONDS)
                    .join();
            closed.orTimeout(MILLIS, TimeUnit.MILLISECONDS).join();
        } finally {
            client.shutdownNow(); // close() would wait without a limit for a socket that is still open
        }
    }

    private static void ask(URI address) {
        try {
            var connection = (HttpURLConnection) address.toURL().openConnection();
            connection.setConnectTimeout(MILLIS);
            connection.setReadTimeout(MILLIS);
            connection.getResponseCode();
            connection.disconnect();
        } catch (IOException e) {
            throw new UncheckedIOException("the training could not ask " + address, e);
        }
    }
}
