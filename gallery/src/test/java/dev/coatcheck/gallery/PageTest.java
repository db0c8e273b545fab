package dev.coatcheck.gallery;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.FilePayload;
import dev.coatcheck.gallery.images.TestImages;
import dev.coatcheck.gallery.photos.PhotoNews;
import dev.coatcheck.postgres.Postgres;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The page, as a person uses it, in a real browser. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PageTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    /** A process is started in between, on a machine that may be busy. */
    private static final double PATIENCE_MILLIS = 30_000;

    /** As when somebody comes back to a window that was in sight all along. */
    private static final String LOOKED_AT = "window.dispatchEvent(new Event('focus'))";

    private TestGallery gallery;
    private URI web;
    private Playwright playwright;
    private Browser browser;

    @BeforeAll
    void start() {
        Assumptions.assumeTrue(Files.isExecutable(CHROMIUM), "there is no " + CHROMIUM + ": apt-get install chromium");
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(CHROMIUM)
                        .setArgs(List.of(
                                "--headless",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-quic",
                                "--no-first-run",
                                "--disable-background-networking",
                                "--disable-component-update",
                                "--disable-sync")));
        gallery = new TestGallery();
        web = gallery.startWeb();
        gallery.startWorker();
    }

    @AfterAll
    void stop() {
        if (gallery != null) {
            gallery.close();
        }
        if (playwright != null) {
            playwright.close();
        }
    }

    private static Locator button(Page page, String name) {
        return page.getByRole(
                AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    private static void photograph(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(name + ".png"))
                .setFullPage(true));
    }

    @Test
    void a_person_registers_uploads_and_sees_the_photos() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            var complaints = new ArrayList<String>();
            page.onConsoleMessage(message -> {
                // The first question, whether somebody is logged in, is rightly answered with 401.
                if (message.type().equals("error") && !message.text().contains("401")) {
                    complaints.add(message.text());
                }
            });
            page.onPageError(complaints::add);

            page.navigate(web.toString());
            assertThat(button(page, "Log in")).isVisible();
            photograph(page, "door");
            gallery.admin("set-flag", "sepia", "ada@example.org");
            page.getByLabel("E-mail").fill("ada@example.org");
            page.getByLabel("Password").fill("correct horse battery");
            button(page, "Register").click();
            assertThat(page.getByText("ada@example.org")).isVisible();
            assertThat(page.getByText("No photos yet")).isVisible();

            page.locator("input[type=file]").setInputFiles(new FilePayload[] {
                new FilePayload("sunset.jpg", "image/jpeg", TestImages.jpeg(1600, 1200)),
                new FilePayload("portrait.png", "image/png", TestImages.png(600, 900)),
                new FilePayload("broken.jpg", "image/jpeg", TestImages.truncated(TestImages.jpeg(800, 600))),
                new FilePayload("notes.txt", "text/plain", new byte[] {1, 2, 3})
            });
            assertThat(page.getByText("Only JPEG, PNG, GIF and WebP images")).isVisible();
            assertThat(page.locator(".photo[data-status=ready] img")).hasCount(2);
            assertThat(page.locator(".photo[data-status=failed]")).hasCount(1);
            page.waitForFunction(
                    "() => [...document.querySelectorAll('.photo[data-status=ready] img')].every(i => i.naturalWidth > 0)");
            photograph(page, "album");
            page.getByLabel("600 by 900 pixels").click();
            button(page, "Gray").click();
            page.waitForFunction("() => document.querySelector('dialog img').naturalWidth > 0");
            photograph(page, "viewer");
            var sepia =
                    page.waitForResponse("**/sepia", () -> button(page, "Sepia").click());
            assertThat(sepia.status()).isEqualTo(200);
            assertThat(button(page, "Sepia")).hasAttribute("aria-pressed", "true");
            photograph(page, "sepia");
            button(page, "Close").click();

            page.setViewportSize(390, 844);
            photograph(page, "phone");
            var widths = (Integer) page.evaluate("document.documentElement.scrollWidth");
            assertThat(widths).isLessThanOrEqualTo(390);

            page.reload();
            assertThat(page.locator(".photo[data-status=ready] img")).hasCount(2);
            button(page, "Log out").click();
            assertThat(button(page, "Log in")).isVisible();
            assertThat(page.locator(".photo")).hasCount(0);
            assertThat(complaints).filteredOn(text -> !text.contains("415")).isEmpty();
        }
    }

    private static void logIn(Page page, URI instance, Visitor visitor) {
        page.navigate(instance.toString());
        page.getByLabel("E-mail").fill(visitor.email);
        page.getByLabel("Password").fill(Visitor.PASSWORD);
        button(page, "Log in").click();
        assertThat(page.getByText(visitor.email)).isVisible();
    }

    @Test
    void a_photo_that_was_uploaded_to_another_instance_develops_before_ones_eyes() {
        try (var context = browser.newContext()) {
            var two = gallery.startWeb();
            var visitor = Visitor.loggedIn(web);
            var page = context.newPage();
            var frames = new CopyOnWriteArrayList<String>();
            page.onWebSocket(socket -> socket.onFrameReceived(frame -> frames.add(socket.url() + " " + frame.text())));
            logIn(page, two, visitor);
            page.waitForCondition(() -> frames.stream().anyMatch(frame -> frame.contains("\"begun\"")));

            visitor.upload(web, TestImages.jpeg(1600, 1200));

            assertThat(page.locator(".photo[data-status=ready]")).hasCount(1);
            assertThat(page.locator(".photo progress")).isHidden();
            // A page may look, and find that the photo is ready, before it is told so.
            page.waitForCondition(() ->
                    frames.stream().filter(frame -> frame.contains("percent")).count() >= 10);
            assertThat(frames)
                    .filteredOn(frame -> frame.contains("percent"))
                    .hasSize(10)
                    .allMatch(frame -> frame.startsWith("ws://127.0.0.1:" + two.getPort() + "/socket?"));
        }
    }

    @Test
    void what_nobody_was_told_of_is_found_when_the_page_listens_again_and_what_failed_develops_when_it_is_tried_anew()
            throws SQLException {
        try (var quiet = new TestGallery();
                var postgres = Postgres.attach(quiet.postgresUrl);
                var context = browser.newContext()) {
            var instance = quiet.startWeb();
            var visitor = Visitor.loggedIn(instance);
            var page = context.newPage();
            page.addInitScript("window.WebSocket = class extends WebSocket {"
                    + " constructor(address) { super(address); window.latest = this; } }");
            var begun = new AtomicInteger();
            page.onWebSocket(socket ->
                    socket.onFrameReceived(frame -> begun.addAndGet(frame.text().contains("\"begun\"") ? 1 : 0)));
            logIn(page, instance, visitor);
            page.waitForCondition(() -> begun.get() == 1);
            visitor.upload(instance, TestImages.png(60, 40)); // no worker, no word
            try (var connection = postgres.dataSource().getConnection();
                    var update = connection.prepareStatement("UPDATE photos SET status = 'failed'")) {
                update.executeUpdate();
            }

            once(page, "**/photos", route -> route.fulfill(new Route.FulfillOptions().setStatus(503)));
            page.waitForResponse("**/photos", () -> page.evaluate("latest.close()"));

            page.evaluate(LOOKED_AT); // or it looks by itself, a little later

            assertThat(page.locator(".photo[data-status=failed]")).hasCount(1);
            page.waitForCondition(() -> begun.get() == 2);
            quiet.startWorker();
            assertThat(page.locator(".photo[data-status=ready]")).hasCount(1);
        }
    }

    @Test
    void a_page_that_others_have_taken_the_place_of_listens_again_when_somebody_looks_at_it() {
        var newer = new ArrayList<GallerySocket>();
        try (var context = browser.newContext()) {
            var visitor = Visitor.loggedIn(web);
            var page = context.newPage();
            var frames = new CopyOnWriteArrayList<String>();
            page.onWebSocket(socket -> socket.onFrameReceived(frame -> frames.add(frame.text())));
            logIn(page, web, visitor);
            page.waitForCondition(() -> frames.stream().anyMatch(frame -> frame.contains("\"begun\"")));
            for (int i = 0; i < PhotoNews.CHANNELS.userSubscriptions(); i++) {
                newer.add(GallerySocket.open(visitor, web));
            }
            page.waitForCondition(() -> frames.stream().anyMatch(frame -> frame.contains("\"too-many\"")));

            page.evaluate(LOOKED_AT);

            page.waitForCondition(() -> frames.getLast().contains("\"begun\""));
        } finally {
            newer.forEach(GallerySocket::close);
        }
    }

    @Test
    void a_page_whose_session_has_ended_asks_until_it_is_told_so() {
        try (var context = browser.newContext()) {
            var visitor = Visitor.loggedIn(web);
            var page = context.newPage();
            var frames = new CopyOnWriteArrayList<String>();
            page.onWebSocket(socket -> socket.onFrameReceived(frame -> frames.add(frame.text())));
            logIn(page, web, visitor);
            page.waitForCondition(() -> frames.stream().anyMatch(frame -> frame.contains("\"begun\"")));
            page.route("**/me", Route::abort);

            visitor.post(web, "/logout/everywhere", "");

            assertThat(page.getByText("The gallery cannot be reached just now")).isVisible();
            page.unroute("**/me");
            assertThat(button(page, "Log in")).isVisible();
            assertThat(page.getByText("You have been logged out.")).isVisible();
        }
    }

    @Test
    void a_page_and_scripts_of_two_releases_become_those_of_one() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            // The page of the release before has no such button, and its processes do not know the script.
            once(page, "**/", route -> {
                var before = route.fetch().text().replaceFirst("<button id=\"logout-everywhere\".*?</button>", "");
                route.fulfill(
                        new Route.FulfillOptions().setContentType("text/html").setBody(before));
            });
            once(page, "**/assets/channels.js", route -> route.fulfill(new Route.FulfillOptions().setStatus(404)));

            page.navigate(web.toString());

            assertThat(button(page, "Log in")).isVisible();
        }
    }

    private static void once(Page page, String address, Consumer<Route> answer) {
        page.route(address, answer, new Page.RouteOptions().setTimes(1));
    }

    @Test
    void where_no_socket_can_be_opened_word_of_a_photo_comes_over_an_event_stream() {
        try (var context = browser.newContext()) {
            var visitor = Visitor.loggedIn(web);
            var page = context.newPage();
            page.addInitScript("window.WebSocket = class {"
                    + " constructor() { setTimeout(() => this.onclose({code: 1006})); }"
                    + " close() {} }");
            var stream = page.waitForResponse("**/channels?*", () -> logIn(page, web, visitor));
            assertThat(stream.status()).isEqualTo(200);

            visitor.upload(web, TestImages.png(60, 40));

            assertThat(page.locator(".photo[data-status=ready]")).hasCount(1);
        }
    }

    @Test
    void who_logs_out_everywhere_is_shown_the_door_on_all_devices() {
        try (var here = browser.newContext();
                var elsewhere = browser.newContext()) {
            var two = gallery.startWeb();
            var visitor = Visitor.loggedIn(web);
            var phone = here.newPage();
            var laptop = elsewhere.newPage();
            var frames = new CopyOnWriteArrayList<String>();
            laptop.onWebSocket(socket -> socket.onFrameReceived(frame -> frames.add(frame.text())));
            logIn(phone, web, visitor);
            logIn(laptop, two, visitor);
            laptop.waitForCondition(() -> frames.stream().anyMatch(frame -> frame.contains("\"begun\"")));

            button(phone, "Log out everywhere").click();

            assertThat(phone.getByText("You are logged out on all your devices."))
                    .isVisible();
            assertThat(laptop.getByText("You have been logged out. Please log in again."))
                    .isVisible();
            assertThat(button(laptop, "Log in")).isVisible();
        }
    }

    @Test
    void an_upload_whose_connection_breaks_goes_on_by_itself() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            register(page, "grace@example.org");
            var asked = new CopyOnWriteArrayList<String>();
            page.route("**/uploads/*", route -> {
                asked.add(route.request().method());
                if (asked.size() <= 4) {
                    route.abort("connectionreset");
                } else {
                    route.resume();
                }
            });

            choose(page, "sunset.png");

            assertThat(page.getByText("Trying again in")).isVisible();
            photograph(page, "again");
            assertThat(page.locator(".photo[data-status=ready] img"))
                    .hasCount(1, new LocatorAssertions.HasCountOptions().setTimeout(30_000));
            assertThat(page.locator(".uploading")).hasCount(0);
            assertThat(asked).containsExactly("PATCH", "HEAD", "HEAD", "HEAD", "HEAD", "PATCH");
        }
    }

    private static void choose(Page page, String name) {
        page.locator("input[type=file]").setInputFiles(new FilePayload(name, "image/png", TestImages.png(60, 40)));
    }

    @Test
    void an_upload_whose_page_was_closed_goes_on_when_its_file_is_chosen_again_or_is_given_up(@TempDir Path folder)
            throws IOException {
        // A file with a time of its own, by which the page knows it again.
        var file = Files.write(folder.resolve("holiday.png"), TestImages.png(60, 40));
        try (var context = browser.newContext()) {
            var page = context.newPage();
            register(page, "joan@example.org");
            var begun = new ArrayList<String>();
            page.onRequest(request -> {
                if (request.method().equals("POST") && request.url().endsWith("/uploads")) {
                    begun.add(request.url());
                }
            });
            page.route("**/uploads/*", route -> {}); // never answered
            page.waitForRequest(
                    "**/uploads/*", () -> page.locator("input[type=file]").setInputFiles(file));
            page.reload();
            page.unroute("**/uploads/*"); // not before: the old page tries again until it is gone
            assertThat(page.getByText("Choose it again, and it goes on where it was."))
                    .isVisible();
            photograph(page, "interrupted");
            page.locator("input[type=file]").setInputFiles(file);

            assertThat(page.locator(".photo[data-status=ready] img")).hasCount(1);
            assertThat(page.locator(".uploading")).hasCount(0);
            assertThat(begun).hasSize(1);

            page.route("**/uploads/*", Route::abort);
            page.waitForRequest("**/uploads/*", () -> choose(page, "other.png"));
            page.reload();
            page.unroute("**/uploads/*");
            var gone = page.waitForResponse(
                    "**/uploads/*", () -> button(page, "Give it up").click());
            assertThat(gone.status()).isEqualTo(204);
            page.reload();
            assertThat(page.getByText("joan@example.org")).isVisible();
            assertThat(page.locator(".photo")).hasCount(1);
            assertThat(page.locator(".uploading")).hasCount(0);
        }
    }

    @Test
    void what_is_no_photo_is_refused_kindly_and_before_its_bytes_are_sent_where_that_can_be_seen() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            register(page, "hedy@example.org");
            assertThat(page.getByText("up to 2 MB each")).isVisible();
            var pieces = new ArrayList<String>();
            page.onRequest(request -> {
                if (request.method().equals("PATCH")) {
                    pieces.add(request.url());
                }
            });
            page.locator("input[type=file]").setInputFiles(new FilePayload[] {
                new FilePayload("notes.txt", "text/plain", new byte[] {1, 2, 3}),
                new FilePayload("huge.jpg", "image/jpeg", new byte[TestGallery.MAX_PHOTO_MEGABYTES * 1_000_000 + 1])
            });
            assertThat(page.getByText("Only JPEG, PNG, GIF and WebP images can be uploaded."))
                    .isVisible();
            assertThat(page.getByText("The photo is larger than 2 MB.")).isVisible();
            assertThat(pieces).isEmpty();

            page.locator("input[type=file]")
                    .setInputFiles(
                            new FilePayload("bomb.jpg", "image/jpeg", TestImages.jpegThatClaims(60_000, 60_000)));
            assertThat(page.getByText("The image has 3600 megapixels; at most 100 are possible"))
                    .isVisible();
            photograph(page, "refused-photos");
            assertThat(page.locator(".photo")).hasCount(0);

            // What it is called and what it is are not the same; the page looks.
            page.locator("input[type=file]")
                    .setInputFiles(new FilePayload("really-a-png.jpg", "image/jpeg", TestImages.png(60, 40)));
            assertThat(page.locator(".photo[data-status=ready] img")).hasCount(1);
        }
    }

    @Test
    void an_upload_whose_user_has_left_is_not_shown_to_the_next() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            register(page, "first@example.org");
            page.route("**/uploads/*", route -> {}); // never answered
            page.waitForRequest("**/uploads/*", () -> choose(page, "sunset.png"));
            button(page, "Log out").click();
            registerHere(page, "next@example.org");
            page.unroute("**/uploads/*");

            assertThat(page.locator(".uploading")).hasCount(0);
            // Uploads go one after another: when this one ends, the page is done with the first.
            choose(page, "sunset.png");
            assertThat(page.locator(".photo[data-status=ready] img")).hasCount(1);
            assertThat(page.locator(".photo")).hasCount(1);
            assertThat(page.locator(".uploading")).hasCount(0);
        }
    }

    private void register(Page page, String email) {
        page.navigate(web.toString());
        registerHere(page, email);
    }

    private static void registerHere(Page page, String email) {
        page.getByLabel("E-mail").fill(email);
        page.getByLabel("Password").fill("correct horse battery");
        button(page, "Register").click();
        assertThat(page.getByText(email)).isVisible();
    }

    @Test
    void what_goes_wrong_is_said_kindly() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            page.navigate(web.toString());
            page.getByLabel("E-mail").fill("nobody@example.org");
            page.getByLabel("Password").fill("wrong horse battery");
            var status = page.getByRole(AriaRole.STATUS);
            for (int i = 0; i < 5; i++) {
                button(page, "Log in").click();
                assertThat(status).containsText("The e-mail address or the password is wrong.");
                assertThat(button(page, "Log in")).isEnabled();
            }
            photograph(page, "refused");

            button(page, "Log in").click();

            assertThat(status)
                    .containsText(
                            Pattern.compile("Too many failed attempts. Please try again in \\d+ (s|minutes)\\.$"));
            photograph(page, "too-often");
        }
    }

    @Test
    void nothing_runs_that_somebody_put_into_a_name() {
        try (var context = browser.newContext()) {
            var page = context.newPage();
            register(page, "eve@example.org");
            page.locator("input[type=file]")
                    .setInputFiles(new FilePayload(
                            "<img src=x onerror=window.owned=1>.txt", "text/plain", new byte[] {1, 2, 3}));

            assertThat(page.getByText("<img src=x")).isVisible();
            assertThat(page.evaluate("window.owned === undefined")).isEqualTo(true);
        }
    }
}
