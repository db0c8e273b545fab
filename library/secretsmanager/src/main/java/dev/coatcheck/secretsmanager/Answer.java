package dev.coatcheck.secretsmanager;

import dev.coatcheck.process.config.SecretException;
import java.io.IOException;
import java.time.Duration;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What AWS answers. Of what it says in a refusal only the kind is repeated. */
record Answer(int status, JsonNode body) {
    /** Many times what a secret may have, which is 64 KiB. */
    static final int LIMIT = 1024 * 1024;

    /** For connecting, and for each silence. */
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    static Answer to(SignedRequest signed) throws SecretException {
        var request = HttpExecuteRequest.builder().request(signed.request());
        signed.payload().ifPresent(request::contentStreamProvider);
        try (var http = UrlConnectionHttpClient.builder()
                .connectionTimeout(TIMEOUT)
                .socketTimeout(TIMEOUT)
                .build()) {
            var response = http.prepareRequest(request.build()).call();
            try (var in = response.responseBody().orElseGet(AbortableInputStream::createEmpty)) {
                var bytes = in.readNBytes(LIMIT + 1);
                if (bytes.length > LIMIT) {
                    throw new SecretException("AWS Secrets Manager answers with more than " + LIMIT / 1024 + " KiB");
                }
                return new Answer(response.httpResponse().statusCode(), json(bytes));
            }
        } catch (IOException failed) {
            throw new SecretException(
                    "AWS Secrets Manager could not be asked for: "
                            + signed.request().host() + " gives no answer ("
                            + failed.getClass().getSimpleName() + ")",
                    "Check AWS_REGION, and that this machine reaches AWS.");
        }
    }

    /** Without the body, which has the secret. */
    @Override
    public String toString() {
        return "status " + status;
    }

    private static JsonNode json(byte[] bytes) {
        try {
            return JsonMapper.shared().readTree(bytes);
        } catch (JacksonException none) {
            return JsonMapper.shared().missingNode();
        }
    }

    String text(Region region) throws SecretException {
        if (status != 200) {
            throw refused(region, kind());
        }
        var text = body.path("SecretString");
        if (!text.isString()) {
            throw new SecretException("is no text in AWS Secrets Manager", "Store it as a string, not as binary.");
        }
        return text.stringValue();
    }

    /** The kind of a refusal, without the namespace before it and the URL behind it; what is none is not repeated. */
    private String kind() {
        var kind = body.path("__type").asString("").replaceFirst("(?s):.*", "").replaceFirst("(?s).*#", "");
        return kind.matches("\\w{1,60}") ? kind : "of no kind that is known";
    }

    private SecretException refused(Region region, String kind) {
        return switch (kind) {
            case "ResourceNotFoundException" ->
                new SecretException(
                        "AWS Secrets Manager does not have in %s (%s)".formatted(region, kind),
                        "Check its name and AWS_REGION.");
            case "AccessDeniedException" ->
                new SecretException(
                        "AWS Secrets Manager does not let this process read (" + kind + ")",
                        "Allow its role secretsmanager:GetSecretValue on the secret, and kms:Decrypt where that has a key of its own.");
            case "DecryptionFailure" ->
                new SecretException(
                        "AWS Secrets Manager cannot decrypt (" + kind + ")",
                        "Allow the role of this process kms:Decrypt with the secret's key, and see that it is enabled.");
            case "InvalidRequestException" ->
                new SecretException(
                        "AWS Secrets Manager does not show (" + kind + ")",
                        "It may be marked for deletion, or have no version AWSCURRENT yet.");
            case "UnrecognizedClientException", "InvalidSignatureException", "ExpiredTokenException" ->
                new SecretException(
                        "AWS Secrets Manager does not show to this process's credentials (" + kind + ")",
                        "Check AWS_ACCESS_KEY_ID and what belongs to it, and the clock.");
            default -> new SecretException("AWS Secrets Manager did not show (status %d %s)".formatted(status, kind));
        };
    }
}
