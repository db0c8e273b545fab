package dev.coatcheck.gallery;

import dev.coatcheck.gallery.accounts.Accounts;
import dev.coatcheck.gallery.accounts.LoggedInFilter;
import dev.coatcheck.gallery.accounts.LoginServlet;
import dev.coatcheck.gallery.accounts.LogoutEverywhereServlet;
import dev.coatcheck.gallery.accounts.LogoutServlet;
import dev.coatcheck.gallery.accounts.MeServlet;
import dev.coatcheck.gallery.accounts.Passwords;
import dev.coatcheck.gallery.accounts.RegisterServlet;
import dev.coatcheck.gallery.accounts.Registration;
import dev.coatcheck.gallery.database.GalleryDatabase;
import dev.coatcheck.gallery.http.GalleryServer;
import dev.coatcheck.gallery.http.Page;
import dev.coatcheck.gallery.http.Route;
import dev.coatcheck.gallery.photos.AlbumServlet;
import dev.coatcheck.gallery.photos.Albums;
import dev.coatcheck.gallery.photos.FormUploads;
import dev.coatcheck.gallery.photos.PhotoNews;
import dev.coatcheck.gallery.photos.PhotoRules;
import dev.coatcheck.gallery.photos.PhotoServlet;
import dev.coatcheck.gallery.photos.Photos;
import dev.coatcheck.gallery.photos.ResumableUploads;
import dev.coatcheck.gallery.photos.ShownVariants;
import dev.coatcheck.gallery.photos.UploadLimits;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.process.health.Health;
import dev.coatcheck.process.health.HealthEndpoints;
import dev.coatcheck.process.health.Metrics;
import dev.coatcheck.process.lifecycle.Lifecycle;
import dev.coatcheck.process.lifecycle.Phase;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.servlet.ClientAddress;
import dev.coatcheck.servlet.DrainFilter;
import dev.coatcheck.servlet.IdempotencyFilter;
import dev.coatcheck.servlet.IdempotencyFilterSettings;
import dev.coatcheck.servlet.SessionFilter;
import dev.coatcheck.servlet.SessionFilterSettings;
import dev.coatcheck.servlet.SessionUser;
import dev.coatcheck.servlet.channels.ChannelAccess;
import dev.coatcheck.servlet.channels.ChannelFaceSettings;
import dev.coatcheck.servlet.channels.ChannelSocketServlet;
import dev.coatcheck.servlet.channels.ChannelStreamServlet;
import dev.coatcheck.servlet.uploads.TusServlet;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.flags.FlagSettings;
import dev.coatcheck.state.flags.Flags;
import dev.coatcheck.state.idempotency.IdempotencySettings;
import dev.coatcheck.state.limits.Limits;
import dev.coatcheck.state.limits.OnOutage;
import dev.coatcheck.state.sessions.SessionSettings;
import dev.coatcheck.state.sessions.Sessions;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A web process: whatever it is told it hands to PostgreSQL and Redis, so any other can answer the next request. */
final class Web {
    /** People leave an album open; the session goes on for a day, and ends after a month at the latest. */
    static final SessionSettings SESSIONS =
            SessionSettings.defaults().withIdleTimeout(Duration.ofDays(1)).withAbsoluteTimeout(Duration.ofDays(30));

    /** Those who listen come back to other instances within a tenth of the time that stopping may take. */
    private static final int DRAIN_SHARE = 10;

    /** Half of what the server takes: the other half is for requests, among them those after its health. */
    private static final ChannelFaceSettings FACES =
            ChannelFaceSettings.defaults().withMaxConnections(GalleryServer.MAX_CONNECTIONS / 2);

    /** How long the last of them may take to answer. */
    private static final Duration TAKING_LEAVE = Duration.ofSeconds(2);

    /** Refuses everything. What is meant for the user who asks is not asked about, and is all that the page listens to. */
    static final ChannelAccess ACCESS = ChannelAccess.bySession((subscriber, topic) -> false);

    private static final Logger log = LoggerFactory.getLogger(Web.class);

    private final WebConfig config;
    private final Lifecycle lifecycle;
    private final Postgres postgres;
    private final PhotoStore store;
    private final Flags flags;
    private final Redis redis;
    private final Albums albums;
    private final Channels channels;

    private Web(WebConfig config, Lifecycle lifecycle) {
        this.config = config;
        this.lifecycle = lifecycle;
        // What is given out by an attached resource is closed before it.
        postgres = Postgres.attach(config.database().url()::revealLatest);
        flags = postgres.flags(FlagSettings.defaults());
        lifecycle.onStop(Phase.CLIENTS, "postgresql", () -> {
            flags.close();
            postgres.close();
        });
        store = PhotoStore.attach(config.s3Bucket(), postgres);
        lifecycle.onStop(Phase.CLIENTS, "photo store", store);
        redis = Redis.attach(config.redis().url()::revealLatest);
        albums = Albums.in(redis::cache);
        channels = redis.channels(PhotoNews.CHANNELS);
        lifecycle.onStop(Phase.CLIENTS, "redis", () -> {
            channels.close();
            albums.close();
            redis.close();
        });
    }

    /** Starts one, to be stopped by its lifecycle. */
    static GalleryServer start(WebConfig config, Lifecycle lifecycle) {
        return start(config, lifecycle, redis -> redis.sessions(SESSIONS));
    }

    /** With sessions in a place of the caller's choice. */
    static GalleryServer start(WebConfig config, Lifecycle lifecycle, Function<Redis, Sessions> place) {
        return new Web(config, lifecycle).listen(place);
    }

    private GalleryServer listen(Function<Redis, Sessions> place) {
        var metrics = Metrics.of(lifecycle);
        lifecycle.onStop(Phase.CLIENTS, "metrics", metrics);
        var health = Health.of(lifecycle)
                .check("postgresql", postgres::ping)
                .check("redis", redis::ping)
                .check("flags", this::awaitFlags);
        store.watch(health);

        var drain = new DrainFilter(lifecycle);
        var sessions = new SessionFilter(place.apply(redis), SessionFilterSettings.defaults());
        metrics.registry().gauge("http.requests.in.flight", drain, DrainFilter::inFlight);
        metrics.registry().gauge("channels.subscriptions", channels, Channels::subscriptions);
        JobMetrics.register(metrics.registry(), postgres.jobs());
        metrics.registry().gauge("session.attributes.unreadable", sessions, SessionFilter::unreadableAttributes);

        var sockets = new ChannelSocketServlet(channels, ACCESS, FACES);
        var server = GalleryServer.start(
                config.listenAddress(),
                config.port(),
                drain,
                sessions,
                new HealthEndpoints(health, metrics),
                new Page(config.maxPhotoMegabytes()),
                routes(
                        config,
                        lifecycle,
                        new Attached(
                                postgres,
                                store,
                                flags,
                                albums,
                                redis.limits(new OnOutage.Closed()),
                                channels,
                                sockets)));
        lifecycle.onStop(Phase.LISTENERS, "listener", server::stopListening);
        lifecycle.onStop(Phase.WORK, "requests in flight", () -> {
            try {
                channels.drain(config.drainTimeout().dividedBy(DRAIN_SHARE));
                int left = sockets.awaitClosed(TAKING_LEAVE);
                if (left > 0) {
                    log.warn("{} sockets are cut off: their clients did not answer within {}", left, TAKING_LEAVE);
                }
                drain.awaitIdle();
            } finally {
                // Before the next phase: on a connection that is still open another request would meet closed clients.
                server.stop();
            }
        });
        return server;
    }

    /** So that nobody meets an instance that does not know the flags yet. */
    private void awaitFlags() throws InterruptedException {
        if (!flags.awaitFirst(Duration.ofSeconds(1))) {
            throw new IllegalStateException("the flags were not read yet");
        }
    }

    /** Where a web process has its state. */
    record Attached(
            Postgres postgres,
            PhotoStore store,
            Flags flags,
            Albums albums,
            Limits limits,
            Channels channels,
            ChannelSocketServlet sockets) {}

    /** What a web process answers, all but the page, health and metrics. */
    static List<Route> routes(WebConfig config, Lifecycle lifecycle, Attached attached) {
        var postgres = attached.postgres();
        var channels = attached.channels();
        var passwords = new Passwords();
        lifecycle.onStop(Phase.CLIENTS, "passwords", passwords);
        var database = new GalleryDatabase(postgres.dataSource());
        var accounts = new Accounts(database);
        var blobs = attached.store().blobs();
        var photos = new Photos(database, postgres.jobs(), attached.albums(), new PhotoNews(channels));
        var idempotency = IdempotencySettings.defaults();
        var rules = new PhotoRules(config.maxPhotoMegabytes());
        var uploads = attached.store().uploads();
        var uploadLimits = new UploadLimits(attached.limits());
        var shown = new ShownVariants(attached.flags());
        var visitor = ClientAddress.behind(config.proxies());
        var once = new IdempotencyFilter(
                postgres.idempotency(idempotency), IdempotencyFilterSettings.forUser(SessionUser::of));
        return List.of(
                Route.of("/register", new RegisterServlet(new Registration(accounts, passwords))),
                Route.of("/login", new LoginServlet(accounts, passwords, attached.limits(), visitor, channels)),
                Route.of("/logout", new LogoutServlet(channels)),
                Route.of("/logout/everywhere", new LogoutEverywhereServlet(channels)),
                Route.of("/me", new MeServlet()),
                Route.of(
                        "/photos",
                        new AlbumServlet(
                                photos,
                                attached.albums(),
                                new FormUploads(photos, blobs, rules, idempotency.keep()),
                                shown),
                        once,
                        uploadLimits.perUser(),
                        uploadLimits.atOnce()),
                Route.of(
                        "/uploads/*",
                        new TusServlet(uploads, new ResumableUploads(photos, blobs, uploads, rules)),
                        new LoggedInFilter(),
                        uploadLimits.perUser(),
                        uploadLimits.atOnce()),
                Route.of("/photos/*", new PhotoServlet(photos, blobs, shown)),
                Route.of("/channels", new ChannelStreamServlet(channels, ACCESS, FACES), new LoggedInFilter()),
                Route.of("/socket", attached.sockets(), new LoggedInFilter()));
    }
}
