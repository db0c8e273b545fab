package dev.coatcheck.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;

class S3UrlTest {
    @Test
    void a_variable_that_is_not_set_is_what_is_wrong() {
        assertThatThrownBy(() -> S3Url.parse(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is null, as where its variable is not set; expected");
    }

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9000",
            "AWS_ACCESS_KEY_ID", "key",
            "AWS_SECRET_ACCESS_KEY", "hidden/+",
            "AWS_REGION", "eu-central-1",
            "S3_BUCKET", "photos");

    @Test
    void a_url_names_the_endpoint_the_bucket_and_who_asks() {
        var url = S3Url.parse("https://key:hi%2Fdden%2B+@minio.example:9000/photos?region=eu-central-1");

        assertThat(url.endpoint()).contains(URI.create("https://minio.example:9000"));
        assertThat(url.bucket()).isEqualTo("photos");
        assertThat(url.region()).contains("eu-central-1");
        assertThat(url.credentials()).contains(AwsBasicCredentials.create("key", "hi/dden++"));
        assertThat(url).hasToString("s3 at minio.example:9000/photos");
    }

    @Test
    void without_credentials_those_of_the_machine_are_taken_and_without_an_endpoint_amazons() {
        var url = S3Url.parse("s3://my.photos?region=eu-central-1");

        assertThat(url.endpoint()).isEmpty();
        assertThat(url.bucket()).isEqualTo("my.photos");
        assertThat(url.credentials()).isEmpty();
        assertThat(url).hasToString("s3 at s3.eu-central-1.amazonaws.com/my.photos");
        assertThat(S3Url.parse("http://127.0.0.1:9000/photos/").region()).isEmpty();
        assertThat(S3Url.parse("http://[::1]:9000/photos").endpoint()).contains(URI.create("http://[::1]:9000"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "photos",
                "ftp://key:hidden@host/photos",
                "https://key:hidden@host",
                "https://key:hidden@host/a/b",
                "https://key:hidden@host/photos?regio=a",
                "https://key:hidden@host/photos?region",
                "https://:hidden@host/photos",
                "https://hidden@host/photos",
                "https://key:hidden%zz@host/photos",
                "https://key:hidden @host/photos",
                "https:///photos",
                "s3://key:hidden@/photos",
                "s3://photos/hidden",
                "s3://key:ab?cdhidden@photos",
                "s3://key:hidden#cd@photos",
                "https://key:hidden/cd@host",
                "https://key:hidden?region=cd@host/photos",
                "https://ke/y:hidden@host/photos"
            })
    void what_is_no_url_of_a_bucket_is_refused_without_the_secret(String url) {
        assertThatThrownBy(() -> S3.attach(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("not the URL of a bucket: ")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void the_environment_names_the_same() {
        var url = S3Url.of(ENVIRONMENT);

        assertThat(url.endpoint()).contains(URI.create("http://127.0.0.1:9000"));
        assertThat(url.bucket()).isEqualTo("photos");
        assertThat(url.region()).contains("eu-central-1");
        assertThat(url.credentials()).contains(AwsBasicCredentials.create("key", "hidden/+"));
        assertThat(S3Url.of(with("AWS_SESSION_TOKEN", "token")).credentials())
                .contains(AwsSessionCredentials.create("key", "hidden/+", "token"));
        assertThat(S3Url.of(Map.of("S3_BUCKET", "photos")).endpoint()).isEmpty();
    }

    @Test
    void an_environment_that_lacks_something_is_refused_with_its_name() {
        assertThatThrownBy(() -> S3.attach(with("S3_BUCKET", ""))).hasMessageContaining("S3_BUCKET");
        assertThatThrownBy(() -> S3.attach(with("AWS_ACCESS_KEY_ID", "")))
                .hasMessageContaining("AWS_ACCESS_KEY_ID")
                .hasMessageNotContaining("hidden");
        assertThatThrownBy(() -> S3.attach(with("AWS_ENDPOINT_URL_S3", "https://key:hidden@host")))
                .hasMessageContaining("AWS_ENDPOINT_URL_S3")
                .hasMessageNotContaining("hidden");
    }

    @Test
    void a_bucket_of_amazons_whose_region_nobody_knows_is_refused() {
        assumeTrue(
                System.getenv("AWS_REGION") == null && System.getenv("AWS_DEFAULT_REGION") == null,
                "the environment names a region");
        var nowhere = Map.of("aws.disableEc2Metadata", "true", "aws.configFile", "/none", "aws.profile", "none");
        nowhere.forEach(System::setProperty);
        try {
            assertThatThrownBy(() -> S3.attach("s3://photos"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("AWS_REGION");
        } finally {
            nowhere.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void what_is_attached_shows_no_secret() {
        try (var s3 = S3.attach(ENVIRONMENT)) {
            assertThat(s3).hasToString("s3 at 127.0.0.1:9000/photos");
        }
    }

    private static Map<String, String> with(String name, String value) {
        var environment = new HashMap<>(ENVIRONMENT);
        environment.put(name, value);
        return environment;
    }
}
