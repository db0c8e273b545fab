/**
 * Which processes have which TCP sockets, as Linux tells it in {@code /proc}: who listens where, and who has accepted a
 * connection. On other systems, and of other users' processes, nothing is known.
 */
@NullMarked
package dev.coatcheck.host.tcp;

import org.jspecify.annotations.NullMarked;
