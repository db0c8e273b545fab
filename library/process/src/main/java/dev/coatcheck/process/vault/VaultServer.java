package dev.coatcheck.process.vault;

import dev.coatcheck.process.config.SecretException;
import dev.coatcheck.process.config.SecretSource;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Vault's HTTP API, for the length of one reading. What answers is not repeated in messages. */
final class VaultServer implements AutoCloseable {
    /** Many times what a secret has. */
    static final int LIMIT = 1024 * 1024;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final String address;
    private final Optional<String> namespace;
    private final HttpClient client;

    private VaultServer(String address, Optional<String> namespace, HttpClient client) {
        this.address = address;
        this.namespace = namespace;
        this.client = client;
    }

    record Answer(int status, JsonNode body) {
        /** Without the body, which has a secret. */
        @Override
        public String toString() {
            return "status " + status;
        }
    }

    static VaultServer of(SecretSource.Variables variables) throws SecretException {
        var address = variables
                .get("VAULT_ADDR")
                .orElseThrow(() -> new SecretException(
                        "needs VAULT_ADDR, which is not set", "Set it to where Vault is, such as https://vault:8200"));
        if (!isAddress(address)) {
            throw new SecretException(
                    "needs VAULT_ADDR, which is not the address of a Vault",
                    "Expected: such as https://vault:8200. A host's name has letters, digits, - and dots, and no _.");
        }
        var namespace = variables.get("VAULT_NAMESPACE");
        if (namespace.isPresent()) {
            namespace = Optional.of(inHeader("VAULT_NAMESPACE", namespace.get()));
        }
        var client = HttpClient.newBuilder()
                // One request after the other; in plain text the second version would be asked for first.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                // From a standby to the active server, never from TLS to plain text.
                .followRedirects(HttpClient.Redirect.NORMAL)
                .executor(task -> Thread.ofVirtual().name("coatcheck-vault").start(task));
        var authorities = variables.get("VAULT_CACERT");
        if (authorities.isPresent()) {
            client.sslContext(trusting(authorities.get()));
        }
        return new VaultServer(address.replaceFirst("/+$", ""), namespace, client.build());
    }

    private static boolean isAddress(String text) {
        if (!text.matches("https?://[\\w.:\\[\\]-]+(/[\\w./-]*)?")) {
            return false;
        }
        try {
            var address = new URI(text);
            // Without a host where its name is none, which the client would refuse in words of its own.
            return address.getHost() != null && address.getPort() <= 65_535;
        } catch (URISyntaxException none) {
            return false;
        }
    }

    /** The value of a variable as a header can hold it. The client's own refusal would quote it. */
    static String inHeader(String variable, String value) throws SecretException {
        var text = value.strip();
        if (!text.matches("[ -~]+")) {
            throw new SecretException(
                    "needs " + variable + ", which has characters that a header cannot have",
                    "See that it is all of one line, of ASCII, without quotes that an editor has bent.");
        }
        return text;
    }

    Answer get(String path, String token) throws SecretException {
        return send(request(path).GET().header("X-Vault-Token", token));
    }

    Answer post(String path, Map<String, String> body) throws SecretException {
        return send(request(path)
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .header("Content-Type", "application/json"));
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(URI.create(address + "/v1/" + path))
                .timeout(TIMEOUT)
                // Which an agent in between may ask for, since no browser can be made to send it.
                .header("X-Vault-Request", "true");
        namespace.ifPresent(name -> request.header("X-Vault-Namespace", name));
        return request;
    }

    private Answer send(HttpRequest.Builder request) throws SecretException {
        try {
            var response = client.send(request.build(), BodyHandlers.ofInputStream());
            try (var body = response.body()) {
                var bytes = body.readNBytes(LIMIT + 1);
                if (bytes.length > LIMIT) {
                    throw new SecretException(this + " answers with more than " + LIMIT / 1024 + " KiB");
                }
                return new Answer(response.statusCode(), json(bytes));
            }
        } catch (IOException failed) {
            throw new SecretException(
                    "cannot be asked for: " + this + " gives no answer ("
                            + failed.getClass().getSimpleName() + ")",
                    "Check VAULT_ADDR, and that this machine reaches it.");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new SecretException(this + " was not waited for, since the thread was interrupted");
        }
    }

    /** What is no JSON, as the page of a proxy in between, has no fields. */
    private static JsonNode json(byte[] bytes) {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException none) {
            return JSON.missingNode();
        }
    }

    private static SSLContext trusting(String location) throws SecretException {
        try (var in = Files.newInputStream(Path.of(location))) {
            var store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int count = 0;
            for (var authority : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("authority-" + count++, authority);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            var context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException | InvalidPathException failed) {
            throw new SecretException(
                    "needs VAULT_CACERT, whose certificates cannot be read ("
                            + failed.getClass().getSimpleName() + ")",
                    "It names a file with the certificates of authorities, in PEM.");
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** As messages call it. */
    @Override
    public String toString() {
        return "Vault at " + address;
    }
}
