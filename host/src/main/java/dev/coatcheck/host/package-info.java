/**
 * What one machine gives: process groups that cannot outlive their owner ({@link dev.coatcheck.host.process}), real
 * backing services from packaged binaries ({@link dev.coatcheck.host.service}), and which process has which TCP socket
 * ({@link dev.coatcheck.host.tcp}).
 */
@NullMarked
package dev.coatcheck.host;

import org.jspecify.annotations.NullMarked;
