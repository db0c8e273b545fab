/**
 * Sessions on Memcached: {@link dev.coatcheck.memcached.Memcached#attach(String)} gives them out.
 *
 * <p>Memcached is a cache. What it holds is gone when it is restarted, and may be evicted before, where others need the
 * room: a session that is gone is a visitor logged out. A server that was told to refuse rather than to evict ({@code -M})
 * keeps the sessions that it has once it is full, and takes no new ones. What has to outlive that belongs on Redis or PostgreSQL.
 */
@NullMarked
package dev.coatcheck.memcached;

import org.jspecify.annotations.NullMarked;
