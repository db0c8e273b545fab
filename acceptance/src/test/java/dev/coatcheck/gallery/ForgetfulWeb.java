package dev.coatcheck.gallery;

import dev.coatcheck.contracts.sessions.InMemorySessions;
import dev.coatcheck.process.config.Config;
import dev.coatcheck.process.lifecycle.Lifecycle;
import java.time.InstantSource;

/** The gallery's web process with the one mistake that it is not to make: its sessions are in its own memory. */
final class ForgetfulWeb {
    private ForgetfulWeb() {}

    public static void main(String[] arguments) throws InterruptedException {
        var config = Config.orExit(WebConfig.class);
        var sessions = new InMemorySessions(Web.SESSIONS, InstantSource.system());
        try (var lifecycle = Lifecycle.start(config.drainTimeout())) {
            Web.start(config, lifecycle, redis -> sessions);
            lifecycle.ready();
            lifecycle.awaitStopped();
        }
    }
}
