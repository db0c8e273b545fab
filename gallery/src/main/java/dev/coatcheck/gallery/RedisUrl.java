package dev.coatcheck.gallery;

import dev.coatcheck.process.config.Describe;
import dev.coatcheck.process.config.Example;
import dev.coatcheck.process.config.Secret;

/** Where Redis is. Refused as a part of the configuration where it is no such URL, so that the process never listens. */
public record RedisUrl(
        @Describe("The Redis that keeps sessions, limits and albums.") @Example("redis://localhost:6379")
        Secret url) {
    public RedisUrl {
        if (!url.reveal().matches("rediss?://[^/]+(/.*)?")) {
            throw new IllegalArgumentException("it is not the URL of a Redis, as in redis://[user:password@]host:port");
        }
    }
}
