package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Certificates that sign themselves, made by the JDK's own {@code keytool}, as PEM files in a folder. */
public final class TestCertificates {
    private static final String PASSWORD = "in a test";

    private TestCertificates() {}

    private static final Map<List<String>, TlsFiles> MADE = new ConcurrentHashMap<>();

    /** As {@link #create}, made once for all tests that want the same; not to be written to. */
    public static TlsFiles shared(String name, String keyAlgorithm, String... more) {
        List<String> what =
                Stream.concat(Stream.of(name, keyAlgorithm), Stream.of(more)).toList();
        return MADE.computeIfAbsent(what, missing -> {
            try {
                Path folder = Files.createTempDirectory("certificate");
                TlsFiles files = create(folder.resolve(name), keyAlgorithm, more);
                List.of(folder, folder.resolve(name), files.certificate(), files.key())
                        .forEach(path -> path.toFile().deleteOnExit());
                return files;
            } catch (Exception e) {
                throw new IllegalStateException("keytool made no certificate", e);
            }
        });
    }

    /** Made in a folder of its own: {@code fullchain.pem} and {@code privkey.pem}. */
    private static TlsFiles create(Path folder, String keyAlgorithm, String... more) throws Exception {
        Files.createDirectories(folder);
        Path store = folder.resolve("store.p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "router",
                "-dname",
                "CN=localhost, OU=" + folder.getFileName(),
                "-ext",
                "san=dns:localhost,ip:127.0.0.1",
                "-keyalg",
                keyAlgorithm,
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        if (keyAlgorithm.equals("RSA")) {
            command.addAll(List.of("-keysize", "2048"));
        }
        command.addAll(List.of(more));
        run(command);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        Files.delete(store);
        return write(folder, keys);
    }

    private static TlsFiles write(Path folder, KeyStore keys) throws GeneralSecurityException, IOException {
        TlsFiles files = new TlsFiles(folder.resolve("fullchain.pem"), folder.resolve("privkey.pem"));
        StringBuilder chain = new StringBuilder();
        for (Certificate certificate : keys.getCertificateChain("router")) {
            chain.append(pem("CERTIFICATE", certificate.getEncoded()));
        }
        Files.writeString(files.certificate(), chain);
        byte[] key = keys.getKey("router", PASSWORD.toCharArray()).getEncoded();
        Files.writeString(files.key(), pem("PRIVATE KEY", key));
        return files;
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(content) + "\n-----END "
                + label + "-----\n";
    }

    static void run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
    }
}
