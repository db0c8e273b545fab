package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
final class CertificateTest {
    private static final Path OPENSSL = Path.of("/usr/bin/openssl");

    @TempDir
    private Path folder = Path.of("");

    private static Certificate read(TlsFiles files) {
        return Certificate.read(files, Instant.now());
    }

    @ParameterizedTest
    @ValueSource(strings = {"RSA", "EC", "Ed25519"})
    void a_key_of_any_usual_kind_is_read(String algorithm) throws Exception {
        Certificate certificate = read(TestCertificates.shared("one", algorithm));

        assertThat(certificate.chain()).hasSize(1);
        assertThat(certificate.context().getProtocol()).isEqualTo("TLS");
        assertThat(certificate.expires()).isAfter(Instant.now());
    }

    @ParameterizedTest
    @CsvSource({"RSA,rsa,RSA PRIVATE KEY", "EC,ec,EC PRIVATE KEY"})
    void a_key_in_the_older_forms_of_openssl_is_read(String algorithm, String command, String label) throws Exception {
        assumeTrue(Files.isExecutable(OPENSSL), "openssl is not installed");
        TlsFiles files = TestCertificates.shared("one", algorithm);
        TlsFiles older = new TlsFiles(files.certificate(), folder.resolve("older.pem"));
        String key = files.key().toString();
        TestCertificates.run(List.of(
                OPENSSL.toString(),
                command,
                "-in",
                key,
                "-out",
                older.key().toString(),
                algorithm.equals("RSA") ? "-traditional" : "-no_public"));

        assertThat(Files.readString(older.key())).contains(label);
        assertThat(read(older).key().getAlgorithm()).isEqualTo(algorithm);
    }

    @Test
    void an_encrypted_key_is_refused_with_the_command_that_decrypts_it() throws Exception {
        Path key = folder.resolve("privkey.pem");
        Files.writeString(key, TestCertificates.pem("ENCRYPTED PRIVATE KEY", new byte[32]));
        Path certificate = TestCertificates.shared("one", "EC").certificate();

        assertThatThrownBy(() -> read(new TlsFiles(certificate, key)))
                .isInstanceOf(InvalidTlsFilesException.class)
                .hasMessageContaining("privkey.pem is encrypted")
                .hasMessageContaining("openssl pkey -in privkey.pem");
    }

    @Test
    void a_key_of_another_certificate_is_refused() throws Exception {
        TlsFiles one = TestCertificates.shared("one", "EC");
        TlsFiles other = TestCertificates.shared("other", "EC");

        assertThatThrownBy(() -> read(new TlsFiles(one.certificate(), other.key())))
                .isInstanceOf(InvalidTlsFilesException.class)
                .hasMessageContaining("does not belong to the first certificate")
                .hasMessageContaining("CN=localhost, OU=one");
    }

    @Test
    void a_key_of_another_kind_is_refused() throws Exception {
        TlsFiles one = TestCertificates.shared("one", "EC");
        TlsFiles other = TestCertificates.shared("one", "RSA");

        assertThatThrownBy(() -> read(new TlsFiles(one.certificate(), other.key())))
                .isInstanceOf(InvalidTlsFilesException.class)
                .hasMessageContaining("not of the kind that the certificate needs (EC)");
    }

    @Test
    void a_certificate_outside_its_time_is_refused() throws Exception {
        TlsFiles files = TestCertificates.shared("old", "EC", "-startdate", "-10d", "-validity", "5");

        assertThatThrownBy(() -> read(files))
                .isInstanceOf(InvalidTlsFilesException.class)
                .hasMessageContaining("fullchain.pem expired on");
        assertThatThrownBy(() -> Certificate.read(files, Instant.EPOCH))
                .isInstanceOf(InvalidTlsFilesException.class)
                .hasMessageContaining("is not valid before");
    }

    @Test
    void files_that_are_missing_or_hold_something_else_are_named() throws Exception {
        TlsFiles files = TestCertificates.shared("one", "EC");
        Path nowhere = folder.resolve("nowhere.pem");
        Path empty = Files.createFile(folder.resolve("empty.pem"));

        assertThatThrownBy(() -> read(new TlsFiles(nowhere, files.key())))
                .hasMessage("The TLS certificate " + nowhere + " is not there.");
        assertThatThrownBy(() -> read(new TlsFiles(files.certificate(), nowhere)))
                .hasMessage("The TLS key " + nowhere + " is not there.");
        assertThatThrownBy(() -> read(new TlsFiles(empty, files.key()))).hasMessageContaining("holds no certificate");
        assertThatThrownBy(() -> read(new TlsFiles(files.key(), files.key())))
                .isInstanceOf(InvalidTlsFilesException.class);
        assertThatThrownBy(() -> read(new TlsFiles(files.certificate(), files.certificate())))
                .hasMessageContaining("holds no private key");
    }
}
