package dev.coatcheck.prove.har;

import java.time.Instant;

/**
 * A message on a WebSocket, as Chromium and Playwright record it in {@code _webSocketMessages}.
 *
 * @param sent whether the page sent it
 * @param isText whether its data are its text
 */
record HarMessage(boolean sent, Instant at, boolean isText, String data) {
    /** Its opcode. */
    static final int TEXT = 1;
}
