package dev.coatcheck.formation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.formation.router.TestCertificates;
import dev.coatcheck.formation.router.TlsFiles;
import dev.coatcheck.host.TcpPorts;
import java.io.ByteArrayInputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --tls-cert}, {@code --tls-key} and {@code --host} ask for is what the formation does. */
@Timeout(120)
class FormationTlsTest {
    private static final String ECHO = """
            const http = require('http');
            http.createServer((request, response) => response.end(
                process.env.COATCHECK_INSTANCE + ' ' + request.headers['x-forwarded-proto']))
              .listen(process.env.PORT, '127.0.0.1');
            """;

    private final TlsFiles files = TestCertificates.shared("formation", "EC");

    @TempDir
    Path folder;

    @BeforeAll
    static void node() {
        assumeTrue(
                List.of(System.getenv("PATH").split(":", -1)).stream()
                        .anyMatch(place -> Files.isExecutable(Path.of(place, "node"))),
                "the applications of these tests need node on the PATH");
    }

    /** Believes in the formation's own certificate, and in no other. */
    private SSLContext trust() throws Exception {
        Certificate own = CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(files.certificate())));
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setCertificateEntry("own", own);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    @Test
    void it_speaks_tls_on_the_address_it_was_given_and_nothing_anywhere_else() throws Exception {
        try (TestFormation app = TestFormation.in(folder)
                .write("server.js", ECHO)
                .with(settings -> settings.withHost("127.0.0.2")
                        .withTcpPort(TcpPorts.free())
                        .withTls(files))
                .start()
                .awaitReady()) {
            InetAddress given = InetAddress.ofLiteral("127.0.0.2");
            int port = app.formation().tcpPort();

            try (SSLSocket socket = (SSLSocket) trust().getSocketFactory().createSocket(given, port)) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
                socket.setSSLParameters(parameters);
                socket.startHandshake();
                assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            }
            try (SSLSocket socket = (SSLSocket) trust().getSocketFactory().createSocket(given, port)) {
                assertThat(exchange(socket)).startsWith("HTTP/1.1 200").endsWith("web.1 https");
            }
            try (Socket plain = new Socket(given, port)) {
                assertThat(exchange(plain)).doesNotContain("200");
            }
            assertThatThrownBy(() -> new Socket(InetAddress.ofLiteral("127.0.0.1"), port).close())
                    .isInstanceOf(ConnectException.class);
        }
    }

    private static String exchange(Socket socket) throws Exception {
        socket.setSoTimeout(20_000);
        socket.getOutputStream()
                .write("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void a_key_that_is_not_there_is_named_and_nothing_is_left_running() throws Exception {
        TlsFiles missing = new TlsFiles(files.certificate(), folder.resolve("nowhere.pem"));
        try (TestFormation app = TestFormation.in(folder).with(settings -> settings.withTls(missing))) {
            assertThatThrownBy(app::start)
                    .isInstanceOf(FormationException.class)
                    .hasMessageContaining("nowhere.pem is not there");
            assertThat(app.formation().instances())
                    .noneMatch(instance -> instance.pid().isPresent());
        }
    }
}
