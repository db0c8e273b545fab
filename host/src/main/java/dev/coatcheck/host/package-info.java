/**
 * What one machine gives: process groups that cannot outlive their owner ({@link dev.coatcheck.host.process}), real
 * backing services from packaged binaries ({@link dev.coatcheck.host.service}), which process has which TCP socket
 * ({@link dev.coatcheck.host.tcp}), and networks that can be cut ({@link dev.coatcheck.host.network}).
 */
@NullMarked
package dev.coatcheck.host;

import org.jspecify.annotations.NullMarked;
