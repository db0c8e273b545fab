/**
 * Real servers without Docker: PostgreSQL, Redis, Memcached, and an object store that speaks S3. They run as
 * {@linkplain dev.coatcheck.host.process.ProcessGroup process groups} that end with this JVM. They come packaged in jars
 * and are unpacked once into the user's cache; only Memcached is the system's own package. A server keeps what it needs in
 * one folder, its home, and is started again on it with the data, the password and the TCP port of before.
 */
@NullMarked
package dev.coatcheck.host.service;

import org.jspecify.annotations.NullMarked;
