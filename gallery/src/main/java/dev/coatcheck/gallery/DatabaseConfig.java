package dev.coatcheck.gallery;

/** What the release step and the one-off commands read from their environment. */
public record DatabaseConfig(PostgresUrl database) {}
