package dev.coatcheck.gallery;

import dev.coatcheck.process.config.Default;
import dev.coatcheck.process.config.Describe;
import dev.coatcheck.process.config.Range;
import java.time.Duration;
import java.util.Optional;

/** What a worker process reads from its environment. */
public record WorkerConfig(
        PostgresUrl database,
        RedisUrl redis,

        @Describe(
                "The bucket of an object store that keeps the photos in place of PostgreSQL. Where it is, and who asks, is"
                        + " said by AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
        Optional<String> s3Bucket,

        @Describe("The TCP port to serve health on; without it none is served.") @Range(min = 0, max = 65535)
        Optional<Integer> port,

        @Describe("The address to serve health on, which nobody else should reach than who asks for it.")
        @Default("127.0.0.1")
        String listenAddress,

        @Describe("How many photos are worked on at the same time; each takes some 150 MB of heap.")
        @Default("2")
        @Range(min = 1, max = 64)
        int photosAtOnce,

        @Describe("How long photos under way may take when the process is stopped.") @Default("30s")
        Duration drainTimeout) {}
