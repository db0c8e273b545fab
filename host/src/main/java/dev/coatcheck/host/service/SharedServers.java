package dev.coatcheck.host.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * For tests: one server of each kind for the whole JVM, started when first asked for, ended with the JVM, and on
 * PostgreSQL, Redis and the object store a new empty database or bucket for whoever asks.
 *
 * <p>Their data outlives a {@linkplain BackingServer#kill() kill} and a start, not a power cut, and is deleted at the end.
 * A test that kills a server should start its own, so as not to disturb others.
 *
 * <pre>{@code
 * String url = SharedServers.freshPostgresUrl();
 * }</pre>
 */
public final class SharedServers {
    private static final int REDIS_DATABASES = 4_096;
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final List<BackingServer> STARTED = Collections.synchronizedList(new ArrayList<>());

    private static @Nullable Path folder;
    private static @Nullable PostgresServer postgres;
    private static @Nullable RedisServer redis;
    private static @Nullable MemcachedServer memcached;
    private static @Nullable S3Server s3;

    private SharedServers() {}

    public static synchronized PostgresServer postgres() {
        if (postgres == null) {
            postgres = PostgresServer.start(settings("postgresql"));
            STARTED.add(postgres);
        }
        return postgres;
    }

    public static synchronized RedisServer redis() {
        if (redis == null) {
            redis = RedisServer.start(settings("redis"), REDIS_DATABASES);
            STARTED.add(redis);
        }
        return redis;
    }

    /** One for all: keys are everyone's, so that a test needs a prefix of its own. */
    public static synchronized MemcachedServer memcached() {
        if (memcached == null) {
            memcached = MemcachedServer.start(settings("memcached"));
            STARTED.add(memcached);
        }
        return memcached;
    }

    public static synchronized S3Server s3() {
        if (s3 == null) {
            s3 = S3Server.start(settings("s3"));
            STARTED.add(s3);
        }
        return s3;
    }

    /** The name of a new empty bucket on the shared object store. */
    public static String freshBucket() {
        return s3().createBucketIfMissing("test-" + COUNTER.incrementAndGet());
    }

    /** The URL of a new empty database on the shared PostgreSQL. */
    public static String freshPostgresUrl() {
        return postgres().createDatabaseIfMissing("test_" + COUNTER.incrementAndGet());
    }

    /** The URL of a numbered database on the shared Redis that nobody else was given. */
    public static String freshRedisUrl() {
        int number = COUNTER.incrementAndGet();
        if (number >= REDIS_DATABASES) {
            throw new IllegalStateException("the shared Redis has no more than " + REDIS_DATABASES + " databases");
        }
        return redis().url() + "/" + number;
    }

    private static synchronized ServerSettings settings(String name) {
        try {
            if (folder == null) {
                Path made = Files.createTempDirectory("coatcheck-servers-");
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(made), "coatcheck-shared-servers-end"));
                folder = made;
            }
            return ServerSettings.at(folder.resolve(name)).withDurability(Durability.PROCESS_LOSS);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make a temporary folder for test servers", e);
        }
    }

    private static void end(Path made) {
        try {
            for (BackingServer server : STARTED) {
                server.kill();
                server.close();
            }
            FileTree.delete(made);
        } catch (IOException e) {
            // The folder is a temporary one.
        }
    }
}
