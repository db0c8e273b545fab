package dev.coatcheck.prove.play;

import java.time.Instant;

/**
 * A message that an open socket has heard.
 *
 * @param socket the number of the step that opened it
 * @param event the name of a server-sent event; empty where it has none, and for a message on a WebSocket
 * @param text its beginning, where it is longer than {@link OpenSockets#LONGEST_MESSAGE}; of bytes their number and hash
 * @param at when it came
 */
public record Message(int socket, String event, String text, Instant at) {}
