package dev.coatcheck.host.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class S3ServerTest {
    private static final int PART = 5 << 20;

    @TempDir
    Path folder;

    @Test
    void a_wipe_leaves_it_empty_with_the_same_credentials() throws Exception {
        try (S3Server server = S3Server.start(ServerSettings.at(folder));
                S3Client client = S3.client(server)) {
            client.putObject(put -> put.bucket(server.bucket()).key("coats/17"), RequestBody.fromString("tweed"));
            client.createBucket(create -> create.bucket("another"));

            server.wipe();

            assertThat(client.listObjectsV2(list -> list.bucket(server.bucket()))
                            .contents())
                    .isEmpty();
            assertThat(client.listBuckets().buckets()).hasSize(1);
        }
    }

    @Test
    void objects_outlive_kills_stops_and_owners_with_the_same_credentials() throws Exception {
        ServerSettings settings = ServerSettings.at(folder);
        String secret;
        try (S3Server server = S3Server.start(settings);
                S3Client client = S3.client(server)) {
            assertThat(server.version()).startsWith("4.");
            secret = server.secretAccessKey();
            client.putObject(
                    put -> put.bucket(server.bucket())
                            .key("coats/17")
                            .contentType("text/plain")
                            .metadata(Map.of("colour", "grey")),
                    RequestBody.fromString("tweed"));
            server.kill();
            server.start();
            assertThat(read(client, server.bucket(), "coats/17")).isEqualTo("tweed");
        }
        try (S3Server server = S3Server.start(settings);
                S3Client client = S3.client(server)) {
            assertThat(server.secretAccessKey()).isEqualTo(secret);
            assertThat(read(client, server.bucket(), "coats/17")).isEqualTo("tweed");
            HeadObjectResponse head =
                    client.headObject(get -> get.bucket(server.bucket()).key("coats/17"));
            assertThat(head.contentType()).isEqualTo("text/plain");
            assertThat(head.metadata()).containsEntry("colour", "grey");
        }
    }

    @Test
    void an_upload_in_parts_is_checked_and_put_together() throws Exception {
        S3Server server = SharedServers.s3();
        String bucket = SharedServers.freshBucket();
        byte[] content = new byte[PART + 1_000];
        new Random(17).nextBytes(content);
        try (S3Client client = S3.client(server)) {
            String upload = client.createMultipartUpload(
                            create -> create.bucket(bucket).key("large").checksumAlgorithm(ChecksumAlgorithm.CRC32))
                    .uploadId();
            CompletedPart first = part(client, bucket, "large", upload, 1, Arrays.copyOf(content, PART));
            CompletedPart second =
                    part(client, bucket, "large", upload, 2, Arrays.copyOfRange(content, PART, content.length));
            assertThat(client.listParts(list -> list.bucket(bucket).key("large").uploadId(upload))
                            .parts())
                    .hasSize(2);
            client.completeMultipartUpload(complete -> complete.bucket(bucket)
                    .key("large")
                    .uploadId(upload)
                    .multipartUpload(parts -> parts.parts(first, second)));
            assertThat(client.getObjectAsBytes(get -> get.bucket(bucket).key("large"))
                            .asByteArray())
                    .isEqualTo(content);
            String range = client.getObjectAsBytes(
                            get -> get.bucket(bucket).key("large").range("bytes=" + (PART - 1) + "-" + (PART + 1)))
                    .asString(StandardCharsets.ISO_8859_1);
            assertThat(range)
                    .isEqualTo(
                            new String(Arrays.copyOfRange(content, PART - 1, PART + 2), StandardCharsets.ISO_8859_1));
        }
    }

    @Test
    void a_body_that_does_not_match_its_checksum_is_refused() throws Exception {
        S3Server server = SharedServers.s3();
        String bucket = SharedServers.freshBucket();
        try (S3Client client = S3.client(server)) {
            assertThatThrownBy(() -> client.putObject(
                            put -> put.bucket(bucket).key("coat").contentMD5("AAAAAAAAAAAAAAAAAAAAAA=="),
                            RequestBody.fromString("tweed")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(400));
            assertThat(client.listObjectsV2(list -> list.bucket(bucket)).contents())
                    .isEmpty();
        }
    }

    @Test
    void an_object_is_written_only_once_by_who_asks_for_that() {
        S3Server server = SharedServers.s3();
        String bucket = SharedServers.freshBucket();
        try (S3Client client = S3.client(server)) {
            client.putObject(put -> put.bucket(bucket).key("coat").ifNoneMatch("*"), RequestBody.fromString("tweed"));
            assertThatThrownBy(() -> client.putObject(
                            put -> put.bucket(bucket).key("coat").ifNoneMatch("*"), RequestBody.fromString("felt")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
            String upload = client.createMultipartUpload(
                            create -> create.bucket(bucket).key("coat").checksumAlgorithm(ChecksumAlgorithm.CRC32))
                    .uploadId();
            CompletedPart felt = part(client, bucket, "coat", upload, 1, "felt".getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> client.completeMultipartUpload(complete -> complete.bucket(bucket)
                            .key("coat")
                            .uploadId(upload)
                            .ifNoneMatch("*")
                            .multipartUpload(parts -> parts.parts(felt))))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
            assertThat(read(client, bucket, "coat")).isEqualTo("tweed");
        }
    }

    @Test
    void a_browser_may_send_and_fetch_what_was_signed_for_it() throws Exception {
        S3Server server = SharedServers.s3();
        String bucket = SharedServers.freshBucket();
        try (S3Presigner presigner = S3.presigner(server);
                HttpClient browser = HttpClient.newHttpClient()) {
            URL put = presigner
                    .presignPutObject(sign -> sign.signatureDuration(Duration.ofMinutes(5))
                            .putObjectRequest(
                                    object -> object.bucket(bucket).key("coat").contentType("text/plain")))
                    .url();
            HttpResponse<String> preflight = browser.send(
                    HttpRequest.newBuilder(URI.create(put.toString()))
                            .method("OPTIONS", BodyPublishers.noBody())
                            .header("Origin", "http://localhost:8080")
                            .header("Access-Control-Request-Method", "PUT")
                            .header("Access-Control-Request-Headers", "content-type")
                            .build(),
                    BodyHandlers.ofString());
            assertThat(preflight.statusCode()).isEqualTo(200);
            assertThat(preflight.headers().firstValue("Access-Control-Allow-Origin"))
                    .hasValueSatisfying(origin -> assertThat(origin).isIn("*", "http://localhost:8080"));
            assertThat(send(browser, put, "tweed").statusCode()).isEqualTo(200);

            URL get = presigner
                    .presignGetObject(sign -> sign.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(object -> object.bucket(bucket).key("coat")))
                    .url();
            URI fetched = URI.create(get.toString());
            assertThat(browser.send(HttpRequest.newBuilder(fetched).build(), BodyHandlers.ofString())
                            .body())
                    .isEqualTo("tweed");
            URI other = URI.create(get.toString().replace("/coat?", "/cape?"));
            assertThat(browser.send(HttpRequest.newBuilder(other).build(), BodyHandlers.ofString())
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void only_who_has_the_secret_gets_in() throws Exception {
        S3Server server = SharedServers.s3();
        String bucket = SharedServers.freshBucket();
        try (S3Client stranger = S3.client(server, AwsBasicCredentials.create(server.accessKeyId(), "guessed"))) {
            assertThatThrownBy(() -> stranger.listObjectsV2(list -> list.bucket(bucket)))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
    }

    @Test
    void an_object_larger_than_the_memory_of_the_server_passes_through() throws Exception {
        S3Server server = SharedServers.s3();
        String bucket = SharedServers.freshBucket();
        long size = 300L << 20;
        try (S3Client client = S3.client(server)) {
            client.putObject(
                    put -> put.bucket(bucket).key("huge"),
                    RequestBody.fromContentProvider(() -> new Zeros(size), size, "application/octet-stream"));
            try (ResponseInputStream<GetObjectResponse> object =
                    client.getObject(get -> get.bucket(bucket).key("huge"))) {
                assertThat(object.transferTo(OutputStream.nullOutputStream())).isEqualTo(size);
            }
            client.deleteObject(delete -> delete.bucket(bucket).key("huge"));
        }
    }

    @Test
    void what_holds_the_secret_is_for_its_owner_alone() throws Exception {
        try (S3Server server = S3Server.start(ServerSettings.at(folder))) {
            for (String file : new String[] {"password", "s3proxy.properties"}) {
                Path path = folder.resolve(file);
                assertThat(Files.readString(path)).contains(server.secretAccessKey());
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                        .isEqualTo("rw-------");
            }
        }
    }

    private static CompletedPart part(
            S3Client client, String bucket, String key, String upload, int number, byte[] content) {
        var response = client.uploadPart(
                part -> part.bucket(bucket)
                        .key(key)
                        .uploadId(upload)
                        .partNumber(number)
                        .checksumAlgorithm(ChecksumAlgorithm.CRC32),
                RequestBody.fromBytes(content));
        return CompletedPart.builder()
                .partNumber(number)
                .eTag(response.eTag())
                .checksumCRC32(response.checksumCRC32())
                .build();
    }

    private static String read(S3Client client, String bucket, String key) {
        return client.getObjectAsBytes(get -> get.bucket(bucket).key(key)).asUtf8String();
    }

    private static HttpResponse<String> send(HttpClient browser, URL url, String body)
            throws IOException, InterruptedException {
        return browser.send(
                HttpRequest.newBuilder(URI.create(url.toString()))
                        .PUT(BodyPublishers.ofString(body))
                        .header("Content-Type", "text/plain")
                        .build(),
                BodyHandlers.ofString());
    }

    /** As many zeros, out of nowhere. */
    private static final class Zeros extends InputStream {
        private long left;

        Zeros(long size) {
            left = size;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left <= 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(bytes, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }
}
