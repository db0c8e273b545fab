package dev.coatcheck.process.health;

import java.util.Optional;

/**
 * Health and metrics as answers to the paths that routers and monitors ask for, whichever web server carries them:
 * {@code /health/live} and {@code /health/ready} (200 or 503, with the JSON of {@link Liveness} and {@link Readiness}) and
 * {@code /metrics}. Only for GET and HEAD; never cached. Safe for use by several threads.
 */
public final class HealthEndpoints {
    public static final String LIVE = "/health/live";
    public static final String READY = "/health/ready";
    public static final String METRICS = "/metrics";

    private final Health health;
    private final Metrics metrics;

    public HealthEndpoints(Health health, Metrics metrics) {
        this.health = health;
        this.metrics = metrics;
    }

    /** What to send back. */
    public record Answer(int status, String contentType, String body) {
        private static Answer json(boolean good, String body) {
            return new Answer(good ? 200 : 503, "application/json", body);
        }
    }

    /** The answer to a GET of {@code path}, or empty where the path is none of these three. */
    public Optional<Answer> answer(String path) {
        return switch (path) {
            case LIVE -> {
                var live = health.live();
                yield Optional.of(Answer.json(live.live(), live.json()));
            }
            case READY -> {
                var ready = health.ready();
                yield Optional.of(Answer.json(ready.ready(), ready.json()));
            }
            case METRICS -> Optional.of(new Answer(200, Metrics.CONTENT_TYPE, metrics.scrape()));
            default -> Optional.empty();
        };
    }
}
