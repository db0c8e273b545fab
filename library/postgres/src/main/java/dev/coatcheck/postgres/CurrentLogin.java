package dev.coatcheck.postgres;

import static java.lang.System.Logger.Level.WARNING;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * As whom to log in: what the URL says at that moment. Only that: to be elsewhere is another resource, which takes another
 * process.
 */
final class CurrentLogin {
    private static final System.Logger LOG = System.getLogger(CurrentLogin.class.getName());

    private final Supplier<String> url;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile PostgresUrl last;

    CurrentLogin(Supplier<String> url) {
        this.url = url;
        this.last = PostgresUrl.parse(url.get());
    }

    /** What it was when it was last asked for. */
    PostgresUrl last() {
        return last;
    }

    /** What it is now, or was where that is of no use. */
    PostgresUrl now() {
        var before = last;
        try {
            var now = PostgresUrl.parse(url.get());
            if (now.isSamePlaceAs(before)) {
                told.set(false);
                last = now;
                return now;
            }
            warn("it leads elsewhere; start the process again");
        } catch (RuntimeException wrong) {
            // Without its message, of which nobody knows what it quotes.
            warn("it is none, or cannot be had (" + wrong.getClass().getSimpleName() + ")");
        }
        return before;
    }

    private void warn(String why) {
        if (told.compareAndSet(false, true)) {
            LOG.log(WARNING, "The login to {0} stays what it was, since the new URL is of no use: {1}", last, why);
        }
    }
}
