/**
 * What every adapter of {@link dev.coatcheck.state.channels.Channels} passes, and the reference in memory:
 * {@link dev.coatcheck.contracts.channels.ChannelsContract},
 * {@link dev.coatcheck.contracts.channels.SharedChannelsContract}.
 */
@NullMarked
package dev.coatcheck.contracts.channels;

import org.jspecify.annotations.NullMarked;
