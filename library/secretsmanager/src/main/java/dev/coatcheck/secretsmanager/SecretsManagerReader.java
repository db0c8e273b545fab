package dev.coatcheck.secretsmanager;

import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;
import java.net.URI;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
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
import software.amazon.awssdk.regions.providers.AwsRegionProvider;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import tools.jackson.databind.json.JsonMapper;

/**
 * Asks for one secret by one signed request. Keeps the credentials that a role was given, the region that the machine's own
 * service has told, and no connection.
 */
final class SecretsManagerReader implements SecretSource.Reader {
    private static final String SERVICE = "secretsmanager";

    private final SecretSource.Variables variables;
    private final AwsRegionProvider regions =
            DefaultAwsRegionProviderChain.builder().build();
    private final AwsCredentialsProvider credentials =
            DefaultCredentialsProvider.builder().build();
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    SecretsManagerReader(SecretSource.Variables variables) {
        this.variables = variables;
    }

    @Override
    public String read(String secret) throws SecretException {
        var region = region();
        return Answer.to(signed(secret, region, identity())).text(region);
    }

    private Region region() throws SecretException {
        try {
            return regions.getRegion();
        } catch (SdkException none) {
            throw lacks("region", none, "Set AWS_REGION.");
        }
    }

    private AwsCredentials identity() throws SecretException {
        try {
            return credentials.resolveCredentials();
        } catch (SdkException none) {
            throw lacks(
                    "credentials",
                    none,
                    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this process a role, as any client of AWS.");
        }
    }

    /** Without the SDK's own words, of which nobody knows what they quote. */
    private static SecretException lacks(String what, SdkException none, String advice) {
        return new SecretException(
                "AWS Secrets Manager could not be asked for: AWS's SDK finds no %s (%s)"
                        .formatted(what, none.getClass().getSimpleName()),
                advice,
                "Where it has looked it logs as software.amazon.awssdk, at level DEBUG.");
    }

    private SignedRequest signed(String secret, Region region, AwsCredentials identity) throws SecretException {
        var body =
                ContentStreamProvider.fromByteArray(JsonMapper.shared().writeValueAsBytes(Map.of("SecretId", secret)));
        var request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint(region))
                .encodedPath("/")
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", SERVICE + ".GetSecretValue")
                .build();
        return signer.sign(parts -> parts.identity(identity)
                .request(request)
                .payload(body)
                .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
    }

    private URI endpoint(Region region) throws SecretException {
        for (var name : List.of("AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL")) {
            var endpoint = variables.get(name);
            if (endpoint.isPresent()) {
                return parsed(name, endpoint.get());
            }
        }
        return URI.create("https://" + ServiceMetadata.of(SERVICE).endpointFor(region));
    }

    private static URI parsed(String name, String endpoint) throws SecretException {
        if (endpoint.matches("https?://[\\w.-]+(:\\d{1,5})?/?")) {
            var parsed = URI.create(endpoint);
            // Without a host where its name is none.
            if (parsed.getHost() != null && parsed.getPort() <= 65_535) {
                return parsed;
            }
        }
        throw new SecretException(
                "needs " + name + ", which is not the URL of a host alone",
                "Expected: https://host. A host's name has letters, digits, - and dots, and no _.");
    }
}
