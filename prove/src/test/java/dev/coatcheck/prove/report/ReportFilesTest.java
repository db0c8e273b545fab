package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Attribute;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ReportFilesTest {
    private static final Set<String> LOADING = Set.of("src", "srcset", "data", "action", "formaction", "poster");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void the_files_are_written_whole_and_nothing_else_is_left(Samples sample) throws IOException {
        Path reports = folder.resolve("made/here");
        ReportFiles.write(reports, Samples.INCONCLUSIVE.report());
        ReportFiles.write(reports, sample.report());

        try (Stream<Path> files = Files.list(reports)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("report.html", "report.json", "junit.xml", "report.sarif");
        }
        assertThat(Files.readString(reports.resolve("report.html")))
                .endsWith("</html>\n")
                .contains(sample.report().verdict().word());
    }

    @ParameterizedTest
    @EnumSource
    void the_page_runs_nothing_and_loads_nothing_whatever_the_application_said(Samples sample) {
        Document page = Jsoup.parse(HtmlFace.text(sample.report()));

        assertThat(page.select("script, img, iframe, object, embed, link, base, form"))
                .isEmpty();
        assertThat(page.select("meta[http-equiv=Content-Security-Policy]").attr("content"))
                .startsWith("default-src 'none'");
        for (Element element : page.getAllElements()) {
            for (Attribute attribute : element.attributes()) {
                assertThat(attribute.getKey()).doesNotStartWith("on").isNotIn(LOADING);
            }
        }
        assertThat(page.select("a"))
                .allMatch(link -> page.select(link.attr("href")).size() == 1);
        assertThat(page.select("style")).hasSize(1);
    }

    @Test
    void the_page_draws_the_leak_from_the_polluters_answer_to_the_victims() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.ONE_LEAK.report()));

        assertThat(page.select(".leak .timeline.kept .arrow.kept")).hasSize(1);
        assertThat(page.select(".leak .timeline.missed .arrow.missed")).hasSize(1);
        assertThat(page.select(".leak .timeline.missed .cell.differs .answer").text())
                .isEqualTo("401 ✗");
        assertThat(page.select(".leak .timeline.missed .cell.differs .note").text())
                .isEqualTo("expected 200");
        assertThat(page.select(".leak .timeline.kept .cell.differs")).isEmpty();
    }

    @Test
    void a_leak_is_drawn_in_a_run_that_had_its_two_steps_in_two_processes() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.TWO_LEAKS.report()));

        assertThat(page.select("#leak-1 .missed figcaption").text()).isEqualTo("Split over 3 processes run 2");
        assertThat(page.select("#leak-2 .missed figcaption").text()).isEqualTo("Split over 3 processes run 4");
        assertThat(page.select("details.run:has(#run-4) > summary").text())
                .startsWith("4. spread 2, the first leak tolerated");
    }

    @Test
    void the_page_says_where_it_lives_and_what_to_do_above_the_pictures() {
        String leak = Jsoup.parse(HtmlFace.text(Samples.ONE_LEAK.report()))
                .select("#leak-1")
                .text();

        assertThat(leak).containsSubsequence("needs. Any other", "It lives in", "What to do", "all in one process");
    }

    @Test
    void the_page_draws_each_kill() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.STATELESS.report()));

        assertThat(page.select("figure:contains(processes killed: amnesia) .kill"))
                .hasSize(3);
    }

    @Test
    void a_check_that_failed_beside_the_state_comes_before_all_else_and_the_page_is_not_green() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.FAILED_DRAIN.report()));

        assertThat(page.title()).isEqualTo("failed: gallery");
        assertThat(page.select("header.verdict").attr("class")).isEqualTo("verdict failed");
        assertThat(page.select("header").text())
                .startsWith("✕ failed gallery failed drain. No state was found in its processes.");
        assertThat(page.text())
                .containsSubsequence(
                        "1 drain failed",
                        "Step 1 POST /login was under way when SIGTERM came.",
                        "What to do On SIGTERM, accept no more connections",
                        "What was proved In spread: every answer was as in one process, although 6 of 6 pairs of steps"
                                + " were served by different processes. ",
                        "Every run, as it happened (2)",
                        "failed drain: step 1",
                        "passed scale: 300 requests");
    }

    @Test
    void advice_that_counts_is_told_before_what_was_proved() {
        assertThat(Jsoup.parse(HtmlFace.text(Samples.STRICT.report())).text())
                .containsSubsequence(
                        "✕ failed gallery failed factors.",
                        "1 factors failed",
                        "What to do config: it starts without REDIS_URL. Read all variables",
                        "logs: it wrote to log/production.log (412 bytes).",
                        "What was proved",
                        "Other good practice What is broken stands above. 1 kept, 1 not looked at Rule");
    }

    @Test
    void a_check_that_fails_for_a_leak_of_another_is_not_marked_as_a_fault_of_its_own() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.ONE_LEAK.report()));

        assertThat(page.select(".outcome.failed")).hasSize(1);
        assertThat(page.select(".outcome.explained").eachText()).containsOnly("failed");
    }

    @Test
    void where_no_place_was_found_the_page_says_what_to_look_for() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.SENT_AGAIN.report()));

        assertThat(page.select("#leak-1").text())
                .containsSubsequence("Where: no place was found. Look in the code of GET /price", "What to do");
    }

    @Test
    void rules_that_are_broken_are_in_sight_and_the_others_folded() {
        Document page = Jsoup.parse(HtmlFace.text(Samples.ADVICE.report()));

        assertThat(page.select("section:has(.factors) > .scroll tbody th").eachText())
                .containsExactly(
                        "config A start without a variable that it needs fails at once.",
                        "logs Logs go to standard output.");
        assertThat(page.select("details.others > summary").text()).isEqualTo("1 kept, 1 not looked at");
        assertThat(page.select("details.others tbody th").eachText())
                .satisfiesExactly(
                        config -> assertThat(config).startsWith("same-config"),
                        stop -> assertThat(stop).startsWith("stop"));
        assertThat(page.select("th")).allMatch(cell -> cell.hasAttr("scope"));
    }

    @Test
    void a_failed_drain_is_an_error_with_its_remedy_for_code_hosts() {
        JsonNode run = JsonMapper.shared()
                .readTree(SarifFace.text(Samples.FAILED_DRAIN.report()))
                .at("/runs/0");

        assertThat(run.at("/results/0/ruleId").asString()).isEqualTo("check-drain");
        assertThat(run.at("/results/0/level").asString()).isEqualTo("error");
        assertThat(run.at("/results/0/message/text").asString())
                .startsWith("drain: step 1 POST /login was under way when SIGTERM came. On SIGTERM, accept");
        assertThat(run.at("/results/0/locations/0/physicalLocation/artifactLocation/uri")
                        .asString())
                .isEqualTo("Procfile");
    }

    @ParameterizedTest
    @EnumSource
    void the_results_for_ci_count_what_they_hold(Samples sample) throws Exception {
        String text = JUnitFace.text(sample.report());
        org.w3c.dom.Document xml = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(text)));
        org.w3c.dom.Element suite =
                (org.w3c.dom.Element) xml.getElementsByTagName("testsuite").item(0);
        NodeList cases = suite.getElementsByTagName("testcase");
        int failing = 0;
        for (int i = 0; i < cases.getLength(); i++) {
            org.w3c.dom.Element one = (org.w3c.dom.Element) cases.item(i);
            failing += one.getElementsByTagName("failure").getLength() > 0 ? 1 : 0;
        }

        assertThat(suite.getAttribute("tests")).isEqualTo(String.valueOf(cases.getLength()));
        assertThat(suite.getAttribute("failures")).isEqualTo(String.valueOf(failing));
        assertThat(suite.getAttribute("errors"))
                .isEqualTo(String.valueOf(suite.getElementsByTagName("error").getLength()));
        assertThat(suite.getAttribute("skipped"))
                .isEqualTo(String.valueOf(suite.getElementsByTagName("skipped").getLength()));
        switch (sample.report().verdict()) {
            case STATELESS -> {
                assertThat(text).doesNotContain("<error");
                assertThat(failing).isEqualTo(sample.report().exitStatus());
            }
            case STATEFUL -> assertThat(text).contains("<failure");
            case INCONCLUSIVE -> assertThat(text).contains("<error");
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_results_for_code_hosts_have_rules_messages_and_places(Samples sample) {
        JsonNode log = JsonMapper.shared().readTree(SarifFace.text(sample.report()));
        JsonNode run = log.get("runs").get(0);
        Set<String> rules = new HashSet<>();
        for (JsonNode rule : run.get("tool").get("driver").get("rules")) {
            rules.add(rule.get("id").asString());
            assertThat(rule.get("help").get("text").asString()).isNotBlank();
            assertThat(rule.get("shortDescription").get("text").asString()).isNotBlank();
        }

        assertThat(log.get("version").asString()).isEqualTo("2.1.0");
        assertThat(run.get("results").size())
                .isEqualTo(sample.report().leaks().size()
                        + sample.report().advice().size()
                        + (sample == Samples.FAILED_DRAIN ? 1 : 0));
        for (JsonNode result : run.get("results")) {
            assertThat(rules).contains(result.get("ruleId").asString());
            assertThat(result.get("message").get("text").asString()).isNotBlank();
            assertThat(result.get("partialFingerprints").iterator().next().asString())
                    .hasSize(32);
            JsonNode place = result.get("locations").get(0).get("physicalLocation");
            URI uri = URI.create(place.get("artifactLocation").get("uri").asString());
            assertThat(uri.isAbsolute()).isFalse();
            assertThat(uri.getPath()).isNotEmpty().doesNotStartWith("/");
            assertThat(place.get("region").get("startLine").asInt()).isPositive();
        }
    }

    @Test
    void a_result_points_to_the_line_of_the_victim() {
        JsonNode place = JsonMapper.shared()
                .readTree(SarifFace.text(Samples.ONE_LEAK.report()))
                .at("/runs/0/results/0/locations/0/physicalLocation");

        assertThat(place.at("/artifactLocation/uri").asString()).isEqualTo("scenarios/login.hurl");
        assertThat(place.at("/region/startLine").asInt()).isEqualTo(6);
    }
}
