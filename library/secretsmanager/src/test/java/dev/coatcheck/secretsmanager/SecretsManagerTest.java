package dev.coatcheck.secretsmanager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.process.config.Config;
import dev.coatcheck.process.config.ConfigException;
import dev.coatcheck.process.config.Secret;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

class SecretsManagerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    record Keyed(Secret apiKey) {}

    record Paired(Secret user, Secret password) {}

    private final Map<String, String> before = new HashMap<>();
    private SecretsManagerStandIn aws;

    @BeforeEach
    void start() throws IOException {
        aws = new SecretsManagerStandIn();
        // What the client reads besides the environment, which a test cannot change.
        set("aws.accessKeyId", Signature.KEY_ID);
        set("aws.secretAccessKey", Signature.KEY);
        set("aws.region", Signature.REGION);
    }

    @AfterEach
    void end() {
        before.forEach((name, value) -> {
            if (value.isEmpty()) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
        aws.close();
    }

    private void set(String name, String value) {
        before.putIfAbsent(name, System.getProperty(name, ""));
        System.setProperty(name, value);
    }

    private Map<String, String> with(String... variables) {
        var environment = new HashMap<>(Map.of("AWS_ENDPOINT_URL", aws.address()));
        for (int i = 0; i < variables.length; i += 2) {
            environment.put(variables[i], variables[i + 1]);
        }
        return environment;
    }

    private Secret key(String reference) {
        return Config.from(with("API_KEY", reference)).as(Keyed.class).apiKey();
    }

    private String problem(String reference) {
        return problem(with("API_KEY", reference));
    }

    private static String problem(Map<String, String> environment) {
        return catchThrowableOfType(
                        ConfigException.class, () -> Config.from(environment).as(Keyed.class))
                .toString();
    }

    @Test
    void a_secret_is_read_by_name_and_by_arn_whole_and_by_field() {
        var arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:gallery/db-a1b2c3";
        aws.put("gallery/key", "whole \u00e4 text");
        aws.put(arn, "{\"username\": \"ada\", \"password\": \"s3cret\"}");
        aws.put("rds!db-0f1e", "{\"password\": \"#1\"}");

        assertThat(key("aws-secretsmanager:gallery/key").reveal()).isEqualTo("whole \u00e4 text");
        assertThat(key("aws-secretsmanager:rds!db-0f1e#password").reveal()).isEqualTo("#1");
        var pair = Config.from(with(
                        "USER", "aws-secretsmanager:" + arn + "#username",
                        "PASSWORD", "aws-secretsmanager:" + arn + "#password"))
                .as(Paired.class);
        assertThat(pair.user().reveal()).isEqualTo("ada");
        assertThat(pair.password().reveal()).isEqualTo("s3cret");
        assertThat(aws.asked()).as("one request for both fields").containsOnlyOnce(arn);
    }

    @Test
    void it_follows_a_rotation() {
        aws.put("key", "old");
        var secret = key("aws-secretsmanager:key");
        aws.put("key", "new");
        await().atMost(PATIENCE).until(() -> secret.revealLatest().equals("new"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            ResourceNotFoundException   | does not have in eu-west-1        | AWS_REGION
            AccessDeniedException       | does not let this process read    | secretsmanager:GetSecretValue
            DecryptionFailure           | cannot decrypt                    | kms:Decrypt
            InvalidRequestException     | does not show                     | marked for deletion
            UnrecognizedClientException | does not show to this process's   | AWS_ACCESS_KEY_ID
            ThrottlingException         | did not show (status 400 Throttli | Expected
            InternalServiceError        | did not show (status 500 Internal | Expected
            """)
    void what_is_refused_is_a_problem_that_says_how(String code, String how, String advice) {
        aws.refusal = code;
        assertThat(problem("aws-secretsmanager:key"))
                .contains("API_KEY refers to aws-secretsmanager:key, which AWS Secrets Manager " + how, code, advice)
                .doesNotContain("hunter2", Signature.KEY);
    }

    @Test
    void of_what_aws_says_of_a_refusal_only_the_kind_is_repeated() {
        aws.refusal = "com.amazonaws#OddException:http://hunter2/";
        assertThat(problem("aws-secretsmanager:key"))
                .contains("did not show (status 400 OddException)")
                .doesNotContain("hunter2");
        aws.refusal = "<i>hunter2</i>";
        assertThat(problem("aws-secretsmanager:key"))
                .contains("did not show (status 400 of no kind that is known)")
                .doesNotContain("hunter2");
    }

    @Test
    void what_is_binary_no_json_or_without_the_field_is_a_problem() {
        aws.putBinary("binary");
        aws.put("key", "hunter2");
        aws.put("json", "{\"password\": \"hunter2\"}");
        assertThat(problem("aws-secretsmanager:binary")).contains("which is no text in AWS Secrets Manager");
        assertThat(problem("aws-secretsmanager:key#password"))
                .contains("which is no JSON object, so it has no field \"password\"")
                .doesNotContain("hunter2");
        assertThat(problem("aws-secretsmanager:json#passwort"))
                .contains("which has no field \"passwort\"", "It has: password")
                .doesNotContain("hunter2");
        assertThat(problem("aws-secretsmanager:two words"))
                .contains("begins with aws-secretsmanager: and does not go on as a reference")
                .doesNotContain("two words");
    }

    @Test
    void what_cannot_be_reached_or_signed_is_a_problem() {
        set("aws.secretAccessKey", "another");
        assertThat(problem("aws-secretsmanager:key"))
                .contains("InvalidSignatureException")
                .doesNotContain("another");
        aws.close();
        assertThat(problem("aws-secretsmanager:key"))
                .contains("could not be asked for: localhost gives no answer (ConnectException)");
    }

    @Test
    void an_endpoint_that_is_no_host_s_is_a_problem() {
        for (var wrong : List.of("http://local_stack:4566", "http://localstack:99999", "http://localstack/path")) {
            assertThat(problem(with("API_KEY", "aws-secretsmanager:key", "AWS_ENDPOINT_URL", wrong)))
                    .contains("needs AWS_ENDPOINT_URL, which is not the URL of a host alone");
        }
    }

    @Test
    void credentials_that_are_lent_are_sent_and_signed_with_their_session_token() {
        aws.put("key", "text");
        aws.sessionToken = "lent";
        set("aws.sessionToken", "lent");
        assertThat(key("aws-secretsmanager:key").reveal()).isEqualTo("text");

        set("aws.sessionToken", "hunter2");
        assertThat(problem("aws-secretsmanager:key"))
                .contains("does not show to this process's credentials (UnrecognizedClientException)")
                .doesNotContain("hunter2");
    }

    @Test
    void an_instance_of_ec2_tells_its_region_once_and_lends_the_credentials_of_its_role() throws Exception {
        withoutVariables();
        System.clearProperty("aws.region");
        aws.put("key", "text");
        aws.sessionToken = InstanceMetadata.SESSION_TOKEN;
        try (var metadata = new InstanceMetadata()) {
            set("aws.ec2MetadataServiceEndpoint", metadata.address());
            var variables = with();
            var reader = new SecretsManagerReader(name -> Optional.ofNullable(variables.get(name)));
            for (int i = 0; i < 3; i++) {
                assertThat(reader.read("key")).isEqualTo("text");
            }
            assertThat(metadata.askedForTheRegion()).isEqualTo(1);
        }
    }

    /** As where nothing is set and nobody has logged in; the build takes AWS's variables out of the environment. */
    private void withoutVariables() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        set("aws.configFile", "/nowhere");
        set("aws.sharedCredentialsFile", "/nowhere");
    }

    @Test
    void a_process_without_credentials_or_region_is_told_what_to_set() {
        withoutVariables();
        set("aws.disableEc2Metadata", "true");
        assertThat(problem("aws-secretsmanager:key"))
                .contains("could not be asked for: AWS's SDK finds no credentials (SdkClientException)")
                .contains("Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this process a role");
        System.clearProperty("aws.region");
        assertThat(problem("aws-secretsmanager:key"))
                .contains("could not be asked for: AWS's SDK finds no region (SdkClientException)", "Set AWS_REGION.");
        assertThat(aws.asked()).isEmpty();
    }

    @Test
    void an_answer_prints_without_what_it_says() {
        var body = JsonMapper.shared().readTree("{\"SecretString\": \"hunter2\"}");
        assertThat(new Answer(200, body)).hasToString("status 200");
    }

    @Test
    void an_answer_that_is_huge_is_a_problem() {
        aws.put("key", "x".repeat(Answer.LIMIT));
        assertThat(problem("aws-secretsmanager:key")).contains("answers with more than 1024 KiB");
    }
}
