package dev.coatcheck.cli;

import dev.coatcheck.formation.router.RouterSettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What {@code coatcheck up} lets one choose of how the router waits and limits. */
final class RouterOptions {
    private static final RouterSettings DEFAULTS = RouterSettings.defaults();

    @Option(
            names = "--trust-forwarded",
            description =
                    "Believe the X-Forwarded-* and Forwarded that requests bring, because another proxy stands in front"
                            + " and sets them. Never where clients connect themselves: they may say anything.")
    private boolean trustForwarded;

    @Option(
            names = "--max-body",
            paramLabel = "SIZE",
            converter = Size.class,
            description = "The largest body of a request, as in 500k, 20m or 4g; 4g by default. More is answered 413.")
    private long maxBody = DEFAULTS.limits().bodyBytes();

    @Option(
            names = "--response-timeout",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description =
                    "How long an instance may take to begin its response once it has the whole request; 30 by default."
                            + " Then the client gets 504.")
    private int responseSeconds = (int) DEFAULTS.timeouts().response().toSeconds();

    @Option(
            names = "--stream-timeout",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description =
                    "How long a response that has begun, or a WebSocket, may be silent; 600 by default. Then it is cut.")
    private int streamSeconds = (int) DEFAULTS.timeouts().stream().toSeconds();

    @Option(
            names = "--hold",
            paramLabel = "SECONDS",
            converter = Seconds.class,
            description =
                    "How long a request waits where no instance is ready, as at the start, after a crash or during"
                            + " 'pause'; 30 by default. Then the client gets 503 with Retry-After.")
    private int holdSeconds = (int) DEFAULTS.hold().age().toSeconds();

    /**
     * The same with what was chosen.
     *
     * @throws IllegalArgumentException if a number is out of its range, naming what it is of
     */
    RouterSettings applyTo(RouterSettings settings) {
        return settings.withTrustForwarded(trustForwarded)
                .withLimits(settings.limits().withBodyBytes(maxBody))
                .withTimeouts(settings.timeouts()
                        .withResponse(Duration.ofSeconds(responseSeconds))
                        .withStream(Duration.ofSeconds(streamSeconds)))
                .withHold(new RouterSettings.Hold(settings.hold().requests(), Duration.ofSeconds(holdSeconds)));
    }
}
