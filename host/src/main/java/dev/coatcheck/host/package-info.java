/**
 * What one machine gives: process groups that cannot outlive their owner ({@link dev.coatcheck.host.process}), and real
 * backing services from packaged binaries ({@link dev.coatcheck.host.service}).
 */
@NullMarked
package dev.coatcheck.host;

import org.jspecify.annotations.NullMarked;
