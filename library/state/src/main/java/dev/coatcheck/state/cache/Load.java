package dev.coatcheck.state.cache;

/**
 * The right to load an entry, for as long as its lease lasts.
 *
 * @param token nobody else has the same, ever
 */
public record Load(EntryKey key, String token) {}
