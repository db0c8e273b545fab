/**
 * Channels: who listens to what on which process, and the way to reach them all.
 *
 * <p>The port is {@link dev.coatcheck.state.channels.Channels}; an adapter is a
 * {@link dev.coatcheck.state.channels.ChannelStore}.
 */
@NullMarked
package dev.coatcheck.state.channels;

import org.jspecify.annotations.NullMarked;
