/**
 * The ports on Redis 6.2 and newer, and on Valkey: {@link dev.coatcheck.redis.Redis#attach(String)} gives them out.
 *
 * <p>What Redis promises is as durable as its persistence: with {@code appendfsync everysec} a crash of its machine may
 * lose a second. Give it {@code maxmemory-policy noeviction}, since a session that is evicted is a visitor logged out;
 * once it is full, what is new is refused, what is there is read and ended, and caches and limits answer as in an outage.
 */
@NullMarked
package dev.coatcheck.redis;

import org.jspecify.annotations.NullMarked;
