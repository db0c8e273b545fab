package dev.coatcheck.redis;

import static java.lang.System.Logger.Level.WARNING;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisCredentialsProvider;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * As whom to log in: what the URL says at that moment. Only that: to be elsewhere is another resource, which takes another
 * process. In a cluster the driver hands this on to the nodes that it finds.
 */
final class CurrentLogin implements RedisCredentialsProvider {
    private static final System.Logger LOG = System.getLogger(CurrentLogin.class.getName());

    /** Whoever is asked for the URL may have to wait for it, and the driver's threads serve everybody. */
    private static final Scheduler ASIDE = Schedulers.fromExecutor(
            task -> Thread.ofVirtual().name("coatcheck-redis-login").start(task));

    private final Supplier<String> url;
    private final Duration patience;
    private final AtomicBoolean told = new AtomicBoolean();
    private final String resource;
    private volatile RedisCredentialsProvider last;

    private CurrentLogin(Supplier<String> url, Duration patience, RedisUrl first) {
        this.url = url;
        this.patience = patience;
        this.resource = first.resource();
        this.last = first.login();
    }

    /**
     * Where the URL leads at first, with the login that it says later.
     *
     * @param patience how long a log-in waits for that, for which the driver has a time-out
     */
    static RedisUrl following(Supplier<String> url, Duration patience) {
        var first = RedisUrl.parse(url.get());
        var login = new CurrentLogin(url, patience, first);
        first.nodes().forEach(node -> node.setCredentialsProvider(login));
        return first;
    }

    @Override
    public Mono<RedisCredentials> resolveCredentials() {
        return Mono.fromSupplier(this::now)
                .subscribeOn(ASIDE)
                .timeout(patience, Mono.fromSupplier(() -> last))
                .flatMap(RedisCredentialsProvider::resolveCredentials);
    }

    private RedisCredentialsProvider now() {
        try {
            var now = RedisUrl.parse(url.get());
            if (now.resource().equals(resource)) {
                told.set(false);
                last = now.login();
            } else {
                warn("it leads elsewhere; start the process again");
            }
        } catch (RuntimeException wrong) {
            // Without its message, of which nobody knows what it quotes.
            warn("it is none, or cannot be had (" + wrong.getClass().getSimpleName() + ")");
        }
        return last;
    }

    private void warn(String why) {
        if (told.compareAndSet(false, true)) {
            LOG.log(WARNING, "The login to {0} stays what it was, since the new URL is of no use: {1}", resource, why);
        }
    }
}
