/**
 * Sessions: what an application remembers of one visitor between two requests, kept where every process can reach it.
 *
 * <p>The port is {@link dev.coatcheck.state.sessions.Sessions}.
 */
@NullMarked
package dev.coatcheck.state.sessions;

import org.jspecify.annotations.NullMarked;
