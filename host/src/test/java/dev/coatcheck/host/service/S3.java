package dev.coatcheck.host.service;

import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Amazon's own client, as its defaults are but for where the server is. */
final class S3 {
    private S3() {}

    static S3Client client(S3Server server) {
        return client(server, AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey()));
    }

    static S3Client client(S3Server server, AwsCredentials credentials) {
        return S3Client.builder()
                .endpointOverride(URI.create(server.url()))
                .region(Region.of(server.region()))
                .credentialsProvider(StaticCredentialsProvider.create(credentials))
                .httpClient(UrlConnectionHttpClient.create())
                .build();
    }

    static S3Presigner presigner(S3Server server) {
        return S3Presigner.builder()
                .endpointOverride(URI.create(server.url()))
                .region(Region.of(server.region()))
                .credentialsProvider(StaticCredentialsProvider.create(
                        AwsBasicCredentials.create(server.accessKeyId(), server.secretAccessKey())))
                .build();
    }
}
