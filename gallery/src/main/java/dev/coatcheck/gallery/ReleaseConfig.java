package dev.coatcheck.gallery;

/** What the release step reads from its environment. */
public record ReleaseConfig(PostgresUrl database) {}
