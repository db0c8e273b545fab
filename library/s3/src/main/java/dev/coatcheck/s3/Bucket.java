package dev.coatcheck.s3;

import dev.coatcheck.state.BackingServiceException;
import java.time.Duration;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** What the adapters talk to: a bucket, whose failures are named. */
final class Bucket implements AutoCloseable {
    private static final int ATTEMPTS = 3;
    /** For stores of one region, which have to be told some name. */
    private static final Region ANY_REGION = Region.US_EAST_1;

    /** How much longer than any other request it may take to put parts together; a store gives signs of life meanwhile. */
    private static final int LONGER = 10;

    private final S3Url url;
    private final Region region;
    private final Duration longTimeout;
    private final AwsCredentialsProvider credentials;
    private final SdkHttpClient http;
    private final S3Client patient;
    private final S3Client once;
    private final S3Presigner presigner;

    Bucket(S3Url url, S3Settings settings) {
        this.url = url;
        this.region = region(url);
        this.longTimeout = settings.requestTimeout().multipliedBy(LONGER);
        this.credentials = credentials(url);
        this.http = UrlConnectionHttpClient.builder()
                .connectionTimeout(settings.connectTimeout())
                .socketTimeout(settings.requestTimeout())
                .build();
        var standard = AwsRetryStrategy.standardRetryStrategy().toBuilder();
        this.patient = client(settings, standard.maxAttempts(ATTEMPTS).build());
        this.once = client(settings, standard.maxAttempts(1).build());
        this.presigner = presigner();
    }

    private S3Client client(S3Settings settings, StandardRetryStrategy retries) {
        var builder = S3Client.builder()
                .httpClient(http)
                .credentialsProvider(credentials)
                // Neither checksums in trailers nor bodies in signed chunks, which not every store knows that speaks
                // S3:
                // a part is in memory, so that its checksum can go ahead of it, in a header that all of them know.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                // To be asked first for leave to send would be a second round trip.
                .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false).expectContinueEnabled(false))
                .overrideConfiguration(client -> client.retryStrategy(retries)
                        .apiCallAttemptTimeout(settings.requestTimeout())
                        .apiCallTimeout(longest(settings)));
        url.endpoint().ifPresent(endpoint -> builder.endpointOverride(endpoint).forcePathStyle(true));
        return builder.region(region).build();
    }

    /** How long a request may take that is made again where it fails. */
    static Duration longest(S3Settings settings) {
        return settings.requestTimeout().multipliedBy(2);
    }

    private S3Presigner presigner() {
        var builder = S3Presigner.builder()
                .credentialsProvider(credentials)
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(url.endpoint().isPresent())
                        .build());
        url.endpoint().ifPresent(builder::endpointOverride);
        return builder.region(region).build();
    }

    private static Region region(S3Url url) {
        return url.region().map(Region::of).orElseGet(() -> url.endpoint().isPresent() ? ANY_REGION : ofTheMachine());
    }

    private static Region ofTheMachine() {
        try {
            return DefaultAwsRegionProviderChain.builder().build().getRegion();
        } catch (SdkClientException e) {
            throw new IllegalArgumentException(
                    "the bucket is Amazon's and its region is not known: name it in the URL (?region=eu-central-1) or set"
                            + " AWS_REGION",
                    e);
        }
    }

    private static AwsCredentialsProvider credentials(S3Url url) {
        return url.credentials()
                .<AwsCredentialsProvider>map(StaticCredentialsProvider::create)
                .orElseGet(() -> DefaultCredentialsProvider.builder().build());
    }

    String name() {
        return url.bucket();
    }

    /** Whether the store checks a SHA-256 in {@code x-amz-checksum-sha256}: Google's knows of MD5 and CRC32C alone. */
    boolean checksSha256() {
        return !url.isGoogles();
    }

    /** For a request that takes the longer the larger the object is. */
    void givenTime(AwsRequestOverrideConfiguration.Builder request) {
        request.apiCallAttemptTimeout(longTimeout).apiCallTimeout(longTimeout);
    }

    /**
     * Asks for what may be done twice, which is done again where it fails in a way that may pass.
     *
     * @param attempt what is tried, as a verb phrase, for the exception
     */
    <T> T ask(String attempt, Function<S3Client, T> request) {
        return with(patient, attempt, request);
    }

    /** Asks for what must not be done twice: after an answer that was lost, the second would not be that of the first. */
    <T> T askOnce(String attempt, Function<S3Client, T> request) {
        return with(once, attempt, request);
    }

    /** Signs something, which asks nobody, unless for the credentials of the machine. */
    <T> T sign(String attempt, Function<S3Presigner, T> request) {
        return with(presigner, attempt, request);
    }

    private <C, T> T with(C client, String attempt, Function<C, T> request) {
        try {
            return request.apply(client);
        } catch (AbortedException e) {
            Thread.currentThread().interrupt();
            throw new BackingServiceException(url.resource(), attempt, e);
        } catch (SdkException e) {
            throw new BackingServiceException(url.resource(), attempt, e);
        }
    }

    @Override
    public void close() {
        patient.close();
        once.close();
        presigner.close();
        http.close();
    }

    @Override
    public String toString() {
        return url.resource();
    }
}
