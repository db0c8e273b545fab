/**
 * Real PostgreSQL and Redis servers without Docker and without an installation: the binaries come packaged in jars, are
 * unpacked once into the user's cache, and run as {@linkplain dev.coatcheck.host.process.ProcessGroup process groups}
 * that end with this JVM. A server keeps what it needs in one folder, its home, and is started again on it with the data,
 * the password and the TCP port of before.
 */
@NullMarked
package dev.coatcheck.host.service;

import org.jspecify.annotations.NullMarked;
