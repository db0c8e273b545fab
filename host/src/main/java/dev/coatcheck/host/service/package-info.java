/**
 * Real PostgreSQL, Redis and Memcached servers without Docker: they run as
 * {@linkplain dev.coatcheck.host.process.ProcessGroup process groups} that end with this JVM. The binaries of PostgreSQL
 * and Redis come packaged in jars and are unpacked once into the user's cache; Memcached is the system's own package. A
 * server keeps what it needs in one folder, its home, and is started again on it with the data, the password and the TCP
 * port of before.
 */
@NullMarked
package dev.coatcheck.host.service;

import org.jspecify.annotations.NullMarked;
