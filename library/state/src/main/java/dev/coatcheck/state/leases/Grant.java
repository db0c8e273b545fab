package dev.coatcheck.state.leases;

/**
 * A lease as its store knows it. No two grants of one name have the same token.
 *
 * @param name the lease
 * @param token greater than that of every earlier grant of this name
 */
public record Grant(String name, long token) {}
