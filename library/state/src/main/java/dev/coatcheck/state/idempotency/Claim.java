package dev.coatcheck.state.idempotency;

/**
 * The right to do what a key stands for, until its lease ends and another takes it over.
 *
 * @param key which request
 * @param token grows with each claim of this key; a place that is written to can refuse a smaller one, and
 *     {@link Idempotency#record} does
 */
public record Claim(String key, long token) {}
