/**
 * Further JVMs on the same store, for what only several processes can show: {@link dev.coatcheck.contracts.peers.Peer}.
 */
@NullMarked
package dev.coatcheck.contracts.peers;

import org.jspecify.annotations.NullMarked;
