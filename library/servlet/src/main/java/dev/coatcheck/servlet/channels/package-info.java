/**
 * Channels over HTTP: as {@linkplain dev.coatcheck.servlet.channels.ChannelStreamServlet server-sent events}, which pass
 * every proxy, and over a {@linkplain dev.coatcheck.servlet.channels.ChannelSocketServlet WebSocket}.
 */
@NullMarked
package dev.coatcheck.servlet.channels;

import org.jspecify.annotations.NullMarked;
