package dev.coatcheck.gallery;

import dev.coatcheck.process.config.Describe;
import dev.coatcheck.process.config.Example;
import dev.coatcheck.process.config.Secret;

/** Where PostgreSQL is. Refused as a part of the configuration where it is no such URL, so that the process never listens. */
public record PostgresUrl(
        @Describe("The PostgreSQL database that keeps accounts, photos and jobs.")
        @Example("postgresql://gallery:change-me@localhost:5432/gallery")
        Secret url) {
    public PostgresUrl {
        if (!url.reveal().matches("(jdbc:)?postgres(ql)?://[^/]+/.+")) {
            throw new IllegalArgumentException(
                    "it is not the URL of a PostgreSQL database, as in postgresql://user:password@host:port/name");
        }
    }
}
