package dev.coatcheck.prove.isolation;

/**
 * One thing that this machine gives or does not give for holding instances apart.
 *
 * @param subject what it is about, in a few words
 * @param available whether it is there and works
 * @param detail what was seen: a version, or what the system said
 * @param without what is weaker without it
 * @param remedy how to get it; empty where it is there
 */
public record Fact(String subject, boolean available, String detail, String without, String remedy) {}
