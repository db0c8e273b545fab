package dev.coatcheck.prove.compare;

/**
 * A message that an open socket hears in a single process, whenever the conversation is played to one.
 *
 * @param socket the number of the step that opened it
 * @param after the number of the step after which it is there
 * @param byItself whether it comes as well when nobody has done anything that tells something, as a beat does
 */
public record Told(int socket, int after, boolean byItself) {}
