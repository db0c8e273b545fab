package dev.coatcheck.prove.corpus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.HarContentPolicy;
import dev.coatcheck.formation.application.Application;
import dev.coatcheck.formation.application.ApplicationOptions;
import dev.coatcheck.host.SearchPath;
import dev.coatcheck.prove.Proof;
import dev.coatcheck.prove.ProofSettings;
import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.isolation.Isolation;
import dev.coatcheck.prove.lab.LabSettings;
import dev.coatcheck.prove.record.RecordingSession;
import dev.coatcheck.prove.report.Progress;
import dev.coatcheck.prove.report.Report;
import dev.coatcheck.prove.report.Screen;
import dev.coatcheck.prove.report.TerminalFace;
import dev.coatcheck.prove.report.Verdict;
import dev.coatcheck.prove.scenario.Step;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a person does in a browser is recorded, proved from the recording, and the leak is found. */
class RecordedJourneyTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    /** On a machine that does much else. */
    private static final double PATIENCE_MILLIS = 120_000;

    private static final List<String> STEPS =
            List.of("GET /", "POST /login", "GET /home", "POST /albums", "GET /albums/{{step4-1}}");

    /** A visitor logs in, and a script of the page adds an album: the session is in the cookie, the albums in memory. */
    private static final String SERVER = """
            const http = require('node:http'), crypto = require('node:crypto');
            const albums = new Map();
            const page = (response, content) => response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
                .end('<!doctype html><link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css">' + content);
            http.createServer((request, response) => {
              let body = '';
              request.on('data', (chunk) => { body += chunk; }).on('end', () => {
                const user = (/user=(\\w+)/.exec(request.headers.cookie || '') || [])[1];
                const path = request.method + ' ' + request.url;
                if (path === 'GET /style.css') return response.writeHead(200, { 'Content-Type': 'text/css' }).end('h1 {}');
                if (path === 'GET /') return page(response, '<form method=post action=/login><input name=name><button>Log in</button></form>');
                if (path === 'POST /login') {
                  const name = new URLSearchParams(body).get('name');
                  return response.writeHead(303, { Location: '/home', 'Set-Cookie': 'user=' + name + '; Path=/; HttpOnly' }).end();
                }
                if (!user) return response.writeHead(401).end();
                if (path === 'GET /home') {
                  return page(response, '<h1>' + user + '</h1><button onclick="add()">Add</button><p id=done></p><script>' +
                    'async function add() {' +
                    '  const made = await (await fetch("/albums", { method: "POST", body: JSON.stringify({ title: "Cats" }),' +
                    '      headers: { "Content-Type": "application/json" } })).json();' +
                    '  const album = await (await fetch("/albums/" + made.id)).json();' +
                    '  document.getElementById("done").textContent = album.title;' +
                    '}</script>');
                }
                if (path === 'POST /albums') {
                  const id = crypto.randomUUID();
                  albums.set(id, { id, title: JSON.parse(body).title });
                  return response.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ id }));
                }
                const album = albums.get(request.url.split('/').pop());
                response.writeHead(album ? 200 : 404, { 'Content-Type': 'application/json' }).end(JSON.stringify(album || {}));
              });
            }).listen(process.env.PORT);
            """;

    @TempDir
    private Path folder;

    @Test
    void a_journey_in_a_browser_is_recorded_and_its_leak_is_found() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "there is no " + CHROMIUM + ": apt-get install chromium");
        assumeTrue(SearchPath.ofThisJvm().find("node").isPresent(), "node is not installed");
        Files.writeString(folder.resolve("server.js"), SERVER);
        Files.writeString(folder.resolve("Procfile"), "web: exec node server.js\n");
        Map<String, String> environment = new HashMap<>(System.getenv());
        environment.remove("NODE_EXTRA_CA_CERTS");
        Application application = Application.read(folder, ApplicationOptions.of(environment));
        LabSettings lab = LabSettings.of(application, Isolation.probe());
        Path recording = folder.resolve("journey.har");

        Path ofTheBrowser = folder.resolve("exported").resolve("browser.har");

        try (RecordingSession session = RecordingSession.open(lab, 0)) {
            travel(session.address(), ofTheBrowser);
            session.recorder().write(recording);
        }

        ProofSettings.Source source = ProofSettings.Source.read(recording, "journey.har", Set.of());
        assertThat(steps(source)).isEqualTo(STEPS);
        // What the browser itself has recorded, with the contents in files of their own, is the same journey.
        assertThat(steps(ProofSettings.Source.read(ofTheBrowser, "browser.har", Set.of())))
                .isEqualTo(STEPS);
        Report report = Proof.of(ProofSettings.of(lab, List.of(source), EnumSet.of(Check.SPREAD)), Progress.silent());

        String told = TerminalFace.text(report, Screen.plain());
        assertThat(report.verdict()).as(told).isEqualTo(Verdict.STATEFUL);
        assertThat(report.leaks()).as(told).singleElement().satisfies(leak -> {
            assertThat(leak.cause().word()).isEqualTo("memory");
            assertThat(leak.polluter().orElseThrow().step()).isEqualTo(4);
            assertThat(leak.victim().step()).isEqualTo(5);
        });
        assertThat(report.notes()).as(told).anyMatch(note -> note.contains("files of pages, as pictures and scripts"));
    }

    private static List<String> steps(ProofSettings.Source source) {
        return source.scenario().steps().stream().map(Step::title).toList();
    }

    private static void travel(URI address, Path har) {
        try (Playwright playwright = Playwright.create(
                        new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
                Browser browser = playwright
                        .chromium()
                        .launch(new BrowserType.LaunchOptions()
                                .setExecutablePath(CHROMIUM)
                                .setArgs(List.of("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run")))) {
            BrowserContext context = browser.newContext(
                    new Browser.NewContextOptions().setRecordHarPath(har).setRecordHarContent(HarContentPolicy.ATTACH));
            Page page = context.newPage();
            page.setDefaultTimeout(PATIENCE_MILLIS);
            page.navigate(address.toString());
            page.locator("input").fill("ann");
            page.getByText("Log in").click();
            // By its words: the button of the page before may still be there.
            page.getByText("Add").click();
            page.getByText("Cats").waitFor();
            context.close();
        }
    }
}
