package dev.coatcheck.acceptance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.LocatorAssertions;
import dev.coatcheck.acceptance.RunningFormation.Instance;
import dev.coatcheck.postgres.Postgres;
import dev.coatcheck.s3.S3;
import dev.coatcheck.state.blobs.Listed;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A large photo, a real browser, an object store, and instances that are killed at every tenth piece. {@link GalleryFormationIT} has
 * one that is killed in each build.
 */
@Tag("long")
class GalleryUploadIT {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final double LIMIT_MILLIS = Duration.ofSeconds(90).toMillis();
    private static final int PIECE = 1 << 20;
    private static final int PIECES = 22;

    /** So that a piece takes long enough to be on its way when its instance is killed: 8 MB/s. */
    private static final String SLOWLY = """
            {"offline": false, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 8000000}""";

    @TempDir
    Path temporary = Path.of("unset");

    @Test
    @Timeout(300)
    void an_upload_whose_instance_is_killed_at_every_tenth_piece_becomes_a_photo_without_a_visible_error()
            throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "there is no " + CHROMIUM + ": apt-get install chromium");
        var folder = RunningFormation.copyOfTheGallery(temporary);
        Files.writeString(folder.resolve(".env"), "MAX_PHOTO_MEGABYTES=50\n");
        var photo = Files.write(temporary.resolve("large.jpg"), largePhoto());
        try (var formation = RunningFormation.up(folder, 2, 1, "--with", "s3");
                var playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                var browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(CHROMIUM)
                                .setArgs(List.of("--headless", "--no-sandbox", "--disable-gpu")));
                var page = browser.newPage()) {
            page.navigate(formation.address().toString());
            page.getByLabel("E-mail").fill("ada@example.org");
            page.getByLabel("Password").fill("correct horse battery");
            page.getByText("Register").click();
            assertThat(page.getByText("No photos yet")).isVisible();
            var kept = new CopyOnWriteArrayList<Response>();
            var broken = new CopyOnWriteArrayList<String>();
            watch(page, kept, broken);

            // Held before the next kill until all are there that may be killed.
            var tenth = new AtomicInteger(10);
            var instances = new AtomicReference<>(List.<Instance>of());
            page.route("**/uploads/*", route -> {
                if (kept.size() == tenth.get() - 1) {
                    instances.set(formation.awaitReady("web", 2));
                }
                route.resume();
            });

            page.locator("input[type=file]").setInputFiles(photo);
            for (; tenth.get() < PIECES; tenth.addAndGet(10)) {
                page.waitForCondition(() -> kept.size() >= tenth.get(), limit());
                RunningFormation.kill(inUse(instances.get(), kept.getLast()));
                assertThat(kept).hasSizeLessThan(PIECES);
                page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("killed-" + tenth + ".png")));
            }

            var item = page.locator(".photo[data-status=ready]");
            assertThat(item).hasCount(1, new LocatorAssertions.HasCountOptions().setTimeout(LIMIT_MILLIS));
            assertThat(page.locator(".failed, .bad")).hasCount(0);
            assertThat(page.locator(".uploading")).hasCount(0);
            assertThat(kept.size()).isGreaterThanOrEqualTo(PIECES);
            assertThat(broken)
                    .as("a piece was on its way when its instance was killed")
                    .isNotEmpty();
            page.screenshot(new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve("uploaded.png")));
            assertStored(formation, photo);
        }
    }

    /** A photo with something behind it that no decoder looks at. */
    private static byte[] largePhoto() {
        var photo = Pictures.jpeg(640, 480);
        return Arrays.copyOf(photo, PIECES * PIECE - 1000);
    }

    private static Page.WaitForConditionOptions limit() {
        return new Page.WaitForConditionOptions().setTimeout(LIMIT_MILLIS);
    }

    private static void watch(Page page, List<Response> kept, List<String> broken) {
        var network = page.context().newCDPSession(page);
        network.send("Network.enable");
        network.send(
                "Network.emulateNetworkConditions",
                JsonParser.parseString(SLOWLY).getAsJsonObject());
        page.onResponse(response -> {
            if (response.request().method().equals("PATCH")) {
                if (response.status() == 204) {
                    kept.add(response);
                } else {
                    broken.add("" + response.status());
                }
            }
        });
        page.onRequestFailed(request -> {
            if (request.method().equals("PATCH")) {
                broken.add("" + request.failure());
            }
        });
    }

    /** The router takes them in turn: the one that has not just answered has the next piece. */
    private static Instance inUse(List<Instance> instances, Response last) {
        var answered = last.headerValue("x-coatcheck-instance");
        return instances.stream()
                .filter(instance -> !instance.name().equals(answered))
                .findFirst()
                .orElseThrow();
    }

    /** All of it is in the bucket, and nothing of it in PostgreSQL. */
    private static void assertStored(RunningFormation formation, Path photo) throws Exception {
        try (var s3 = S3.attach(formation.environment());
                var postgres = Postgres.attach(formation.databaseUrl())) {
            var keys = s3.blobs().list("photos/", "", 100).stream()
                    .map(Listed::key)
                    .toList();
            assertThat(keys).hasSize(5).anyMatch(key -> key.endsWith("/thumb"));
            var original = keys.stream()
                    .filter(key -> key.endsWith("/original"))
                    .findFirst()
                    .orElseThrow();
            assertThat(s3.blobs().stat(original).orElseThrow().size()).isEqualTo(Files.size(photo));
            assertThat(postgres.blobs().list("", "", 100)).isEmpty();
            assertThat(RunningFormation.uploadsIn(postgres)).isZero();
        }
    }
}
