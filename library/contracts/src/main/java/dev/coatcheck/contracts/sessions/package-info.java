/**
 * What an adapter of {@link dev.coatcheck.state.sessions.Sessions} must pass, and the in-memory reference that passes
 * it: {@link dev.coatcheck.contracts.sessions.SessionsContract} for every adapter, and
 * {@link dev.coatcheck.contracts.sessions.SharedSessionsContract} for those whose store several processes can reach.
 */
@NullMarked
package dev.coatcheck.contracts.sessions;

import org.jspecify.annotations.NullMarked;
