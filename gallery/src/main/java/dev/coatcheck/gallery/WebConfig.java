package dev.coatcheck.gallery;

import dev.coatcheck.process.config.Default;
import dev.coatcheck.process.config.Describe;
import dev.coatcheck.process.config.Range;
import java.time.Duration;
import java.util.Optional;

/** What a web process reads from its environment. */
public record WebConfig(
        PostgresUrl database,
        RedisUrl redis,

        @Describe(
                "The bucket of an object store that keeps the photos in place of PostgreSQL. Where it is, and who asks, is"
                        + " said by AWS_ENDPOINT_URL_S3, AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.")
        Optional<String> s3Bucket,

        @Describe("The TCP port to listen on.") @Default("8080") @Range(min = 0, max = 65535)
        int port,

        @Describe("The address to listen on. It must be reached through a router only, which sets X-Forwarded-*.")
        @Default("127.0.0.1")
        String listenAddress,

        @Describe("How many proxies a request comes through; each adds an address to X-Forwarded-For.")
        @Default("1")
        @Range(min = 1, max = 10)
        int proxies,

        @Describe("How large a photo may be, in megabytes.") @Default("20") @Range(min = 1, max = 1000)
        int maxPhotoMegabytes,

        @Describe("How long requests in flight may take when the process is stopped.") @Default("30s")
        Duration drainTimeout) {}
