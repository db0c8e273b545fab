package dev.coatcheck.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.host.service.SharedServers;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.sessions.Changes;
import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.SessionId;
import dev.coatcheck.state.sessions.SessionSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A certificate for localhost, from an authority that this JVM trusts for the length of a test. */
class TlsTest {
    private static final String PASSWORD = "changeit";
    private static final List<String> TRUST = List.of("javax.net.ssl.trustStore", "javax.net.ssl.trustStorePassword");

    @TempDir
    private Path folder;

    private URI server;
    private TlsProxy proxy;

    @BeforeEach
    void start() throws Exception {
        keytool(
                "-genkeypair",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "SAN=dns:localhost",
                "-validity",
                "2");
        var keys = KeyStore.getInstance(folder.resolve("keys.p12").toFile(), PASSWORD.toCharArray());
        var manager = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        manager.init(keys, PASSWORD.toCharArray());
        var tls = SSLContext.getInstance("TLS");
        tls.init(manager.getKeyManagers(), null, null);
        server = URI.create(SharedServers.freshRedisUrl());
        proxy = new TlsProxy(tls, server.getPort());
    }

    @AfterEach
    void end() throws IOException {
        TRUST.forEach(System::clearProperty);
        proxy.close();
    }

    @Test
    void sessions_travel_over_tls_to_a_server_whose_certificate_is_trusted_and_for_its_name() throws Exception {
        assertThatThrownBy(() -> Redis.attach(url("localhost")))
                .as("nobody vouches for it")
                .isInstanceOf(BackingServiceException.class);

        trustTheCertificate();

        try (var redis = Redis.attach(url("localhost"), TestRedis.PATIENT)) {
            var sessions = redis.sessions(SessionSettings.defaults());
            var id = SessionId.random();
            assertThat(sessions.create(id, Changes.none())).isEqualTo(new Saved(id));
            assertThat(sessions.find(id)).isPresent();
        }
        assertThatThrownBy(() -> Redis.attach(url("127.0.0.1")))
                .as("it is another's")
                .isInstanceOf(BackingServiceException.class);
    }

    private String url(String host) {
        return "rediss://" + host + ":" + proxy.port() + server.getPath();
    }

    private void trustTheCertificate() throws Exception {
        var certificate = folder.resolve("certificate").toString();
        keytool("-exportcert", "-file", certificate);
        Files.move(folder.resolve("keys.p12"), folder.resolve("server.p12"));
        keytool("-importcert", "-noprompt", "-file", certificate);
        System.setProperty(TRUST.get(0), folder.resolve("keys.p12").toString());
        System.setProperty(TRUST.get(1), PASSWORD);
    }

    private void keytool(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("-alias", "redis", "-storetype", "PKCS12", "-storepass", PASSWORD));
        command.addAll(List.of("-keystore", folder.resolve("keys.p12").toString()));
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
        assertThat(process.waitFor())
                .as(() -> "keytool: " + String.join(" ", arguments))
                .isZero();
    }
}
