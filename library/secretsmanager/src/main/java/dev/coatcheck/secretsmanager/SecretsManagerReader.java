package dev.coatcheck.secretsmanager;

import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;
import java.net.URI;
import java.util.Map;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.ServiceMetadata;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import tools.jackson.databind.json.JsonMapper;

/** Asks for one secret by one signed request. Keeps the credentials that a role was given, and no connection. */
final class SecretsManagerReader implements SecretSource.Reader {
    private static final String SERVICE = "secretsmanager";

    private final SecretSource.Variables variables;
    private final AwsCredentialsProvider credentials =
            DefaultCredentialsProvider.builder().build();
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    SecretsManagerReader(SecretSource.Variables variables) {
        this.variables = variables;
    }

    @Override
    public String read(String secret) throws SecretException {
        try {
            var region = DefaultAwsRegionProviderChain.builder().build().getRegion();
            return Answer.to(signed(secret, region)).text(region);
        } catch (SdkException failed) {
            throw new SecretException(
                    "AWS Secrets Manager could not be asked for: " + failed.getMessage(),
                    "Set AWS_REGION, and credentials or a role for this process, as for any client of AWS.");
        }
    }

    private SignedRequest signed(String secret, Region region) throws SecretException {
        var body =
                ContentStreamProvider.fromByteArray(JsonMapper.shared().writeValueAsBytes(Map.of("SecretId", secret)));
        var request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint(region))
                .encodedPath("/")
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", SERVICE + ".GetSecretValue")
                .build();
        return signer.sign(parts -> parts.identity(credentials.resolveCredentials())
                .request(request)
                .payload(body)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    }

    private URI endpoint(Region region) throws SecretException {
        for (var name : Stream.of("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")
                .toList()) {
            var endpoint = variables.get(name);
            if (endpoint.isPresent()) {
                return parsed(name, endpoint.get());
            }
        }
        return URI.create("https://" + ServiceMetadata.of(SERVICE).endpointFor(region));
    }

    private static URI parsed(String name, String endpoint) throws SecretException {
        if (!endpoint.matches("https?://[\\w.-]+(:\\d{1,5})?/?")) {
            throw new SecretException("needs " + name + " to be a URL without a path", "Expected: https://host");
        }
        return URI.create(endpoint);
    }
}
