package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class CertificateWatchTest {
    @TempDir
    private Path folder = Path.of("");

    @Test
    void a_certificate_that_fails_in_a_way_nobody_expected_does_not_end_the_watch() throws Exception {
        TlsFiles shared = TestCertificates.shared("one", "EC");
        TlsFiles files = new TlsFiles(folder.resolve("fullchain.pem"), folder.resolve("privkey.pem"));
        Files.copy(shared.certificate(), files.certificate());
        Files.copy(shared.key(), files.key());
        AtomicInteger renewals = new AtomicInteger();
        List<String> problems = new CopyOnWriteArrayList<>();
        try (CertificateWatch watch = new CertificateWatch(
                files,
                Duration.ofMillis(20),
                certificate -> {
                    if (renewals.incrementAndGet() < 3) {
                        throw new IllegalStateException("a provider that stumbles");
                    }
                },
                problem -> problems.add(String.valueOf(problem.getMessage())))) {
            assertThat(watch).isNotNull();

            Files.setLastModifiedTime(files.certificate(), FileTime.fromMillis(1_000_000));

            await().until(() -> renewals.get() == 3);
            assertThat(problems).singleElement().asString().contains("a provider that stumbles", "privkey.pem");
        }
    }
}
