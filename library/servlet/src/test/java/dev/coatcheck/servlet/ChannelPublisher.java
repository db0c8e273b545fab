package dev.coatcheck.servlet;

import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.redis.Redis;
import dev.coatcheck.state.channels.Channels;
import dev.coatcheck.state.channels.Retention;

/**
 * A process that publishes, and serves nobody.
 *
 * @param brief keeps five messages of a topic
 */
record ChannelPublisher(Runnable detach, Channels channels, Channels brief) implements AutoCloseable {
    private static final Retention FEW = Retention.defaults().withMessages(5);

    static ChannelPublisher on(Store store, String url) {
        return switch (store) {
            case REDIS -> {
                var redis = Redis.attach(url);
                yield new ChannelPublisher(
                        redis::close,
                        redis.channels(ChannelInstance.SETTINGS),
                        redis.channels(ChannelInstance.SETTINGS.withRetention(FEW)));
            }
            case POSTGRES -> {
                var postgres = Postgres.attach(url);
                yield new ChannelPublisher(
                        postgres::close,
                        postgres.channels(ChannelInstance.SETTINGS),
                        postgres.channels(ChannelInstance.SETTINGS.withRetention(FEW)));
            }
            case MEMCACHED -> throw new IllegalArgumentException("it has no channels");
        };
    }

    @Override
    public void close() {
        brief.close();
        channels.close();
        detach.run();
    }
}
