package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.RunRecord.Weight;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * {@code report.html}: one file that loads nothing and runs no script. Its content security policy forbids scripts, so
 * that even what escaping missed could not run.
 */
final class HtmlFace {
    private static final String STYLE = resource("report.css");
    private static final DateTimeFormatter WHEN = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private final Report report;
    private final Summary summary;
    private final HtmlChecks checks;
    private final Html html = new Html();

    private HtmlFace(Report report) {
        this.report = report;
        this.summary = new Summary(report);
        this.checks = new HtmlChecks(report, html);
    }

    static String text(Report report) {
        HtmlFace face = new HtmlFace(report);
        face.document();
        return face.html.toString();
    }

    private void document() {
        html.raw("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .raw("<meta http-equiv=\"Content-Security-Policy\""
                        + " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
                .raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .raw("<meta name=\"color-scheme\" content=\"light dark\">\n<title>")
                .text(word() + ": " + report.subject().application())
                .raw("</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + HtmlTimeline.MARKERS + "<main>\n");
        header();
        problems();
        if (report.verdict() == Verdict.STATELESS) {
            notes();
            stateless();
        }
        accepted();
        checks.table();
        checks.factors();
        if (report.verdict() != Verdict.STATELESS) {
            notes();
        }
        noise();
        runs();
        proof();
        html.raw("</main>\n</body>\n</html>\n");
    }

    private String word() {
        return summary.word().toLowerCase(Locale.ROOT);
    }

    private void header() {
        String sign =
                switch (report.verdict()) {
                    case STATELESS -> summary.isFailedBesideState() ? "✕" : "✓";
                    case STATEFUL -> "✕";
                    case INCONCLUSIVE -> "?";
                };
        html.raw("<header class=\"verdict " + word() + "\">\n<p class=\"word\"><span class=\"sign\""
                        + " aria-hidden=\"true\">" + sign + "</span> ")
                .text(word())
                .raw("</p>\n<h1>")
                .foreign(summary.isFailedBesideState() ? failed() : capitalised(summary.headline()))
                .raw("</h1>\n");
        if (summary.isFailedBesideState()) {
            html.element(
                    "p",
                    "No state was found in its processes"
                            + (report.accepted().isEmpty() ? "." : " but what the baseline accepts."));
        }
        report.reason()
                .ifPresent(reason -> html.raw("<p class=\"reason\"><strong>Why:</strong> ")
                        .foreign(reason)
                        .raw("</p>\n<p>" + Summary.INCONCLUSIVE + "</p>\n"));
        html.raw("<p class=\"meta\">")
                .text(WHEN.format(report.subject().at()) + ", " + summary.effort())
                .raw(", ")
                .code(report.subject().command())
                .raw("</p>\n</header>\n");
    }

    private String failed() {
        return report.subject().application() + " failed "
                + report.failedBesideState().stream().map(CheckResult::name).collect(Collectors.joining(", ")) + ".";
    }

    /** What has to be mended, a card each: the leaks, then what has failed beside the state. */
    private void problems() {
        List<FoundLeak> leaks = report.open();
        List<CheckResult> failures = report.failedBesideState();
        if (leaks.size() + failures.size() > 1) {
            html.raw("<nav aria-label=\"What is wrong\"><ol>\n");
            LeakWords words = new LeakWords(report);
            for (int i = 0; i < leaks.size(); i++) {
                link("leak-" + (i + 1), words.title(leaks.get(i)));
            }
            failures.forEach(check -> link(HtmlChecks.anchor(check), check.name() + " failed"));
            html.raw("</ol></nav>\n");
        }
        HtmlLeak card = new HtmlLeak(report, html);
        for (int i = 0; i < leaks.size(); i++) {
            card.write(i + 1, leaks.get(i));
        }
        for (int i = 0; i < failures.size(); i++) {
            checks.failure(leaks.size() + i + 1, failures.get(i));
        }
    }

    private void link(String anchor, String words) {
        html.raw("<li><a")
                .attribute("href", "#" + anchor)
                .raw(">")
                .foreign(words)
                .raw("</a></li>\n");
    }

    private void accepted() {
        if (!report.accepted().isEmpty()) {
            LeakWords words = new LeakWords(report);
            html.raw("<section>\n<h2>What the baseline accepts</h2>\n<ul>\n");
            report.accepted().stream().map(words::accepted).forEach(this::item);
            html.raw("</ul>\n</section>\n");
        }
    }

    private void stateless() {
        html.raw("<section>\n<h2>What was proved</h2>\n<p>").text(proved()).raw("</p>\n");
        Optional<RunRecord> control = run(Weight.REFERENCE, false);
        Optional<RunRecord> split = run(Weight.FOR, false);
        Optional<RunRecord> killed = run(Weight.FOR, true);
        html.raw(
                "<details><summary>The same requests in one process and in several</summary>\n<div class=\"sides\">\n");
        control.ifPresent(run -> glance(run, "In one process"));
        split.ifPresent(run -> glance(run, "Split: " + run.purpose()));
        killed.filter(run -> !split.equals(Optional.of(run)))
                .ifPresent(run -> glance(run, "With processes killed: " + run.purpose()));
        html.raw("</div>\n</details>\n</section>\n<section>\n<h2>What was not proved</h2>\n<ul>\n");
        summary.notProved().forEach(this::item);
        html.raw("</ul>\n</section>\n");
    }

    /** What has passed, and what that was in spite of. */
    private String proved() {
        CoverageSummary coverage = report.coverage();
        String spite = Stream.of(
                        coverage.separated() == 0
                                ? ""
                                : coverage.separated() + " of " + Summary.count(coverage.pairs(), "pair") + " of steps "
                                        + (coverage.separated() == 1 ? "was" : "were")
                                        + " served by different processes",
                        coverage.kills() == 0
                                ? ""
                                : Summary.count(coverage.kills(), "process") + " "
                                        + (coverage.kills() == 1 ? "was" : "were") + " killed")
                .filter(words -> !words.isEmpty())
                .collect(Collectors.joining(", and "));
        String checked = report.checks().stream()
                .filter(CheckResult::isAboutState)
                .filter(check -> check.outcome() == CheckResult.Outcome.PASSED
                        || check.outcome() == CheckResult.Outcome.FAILED) // by what is accepted
                .map(CheckResult::name)
                .collect(Collectors.joining(", "));
        return (checked.isEmpty() ? "" : "In " + checked + ": ") + "every answer was as in one process"
                + (report.accepted().isEmpty() ? "" : ", or is accepted") + ", although " + spite + ".";
    }

    private void glance(RunRecord run, String title) {
        HtmlTimeline.of(run, Rows.of(run).aroundSteps(List.of()), html)
                .write(title, Optional.of(report.runs().indexOf(run) + 1));
    }

    private Optional<RunRecord> run(Weight weight, boolean withKills) {
        return report.runs().stream()
                .filter(run ->
                        run.weight() == weight && (!withKills || !run.kills().isEmpty()))
                .findFirst();
    }

    private void notes() {
        if (!report.notes().isEmpty()) {
            html.raw("<section>\n<h2>Worth knowing</h2>\n<ul>\n");
            report.notes().forEach(this::item);
            html.raw("</ul>\n</section>\n");
        }
    }

    private void noise() {
        if (!report.noise().isEmpty()) {
            folded("What varies by itself (" + report.noise().size() + ")", () -> {
                html.raw(
                        "<p>These differed between runs of a single process, and were compared by their shape.</p>\n<ul>\n");
                report.noise().forEach(this::item);
                html.raw("</ul>\n");
            });
        }
    }

    private void runs() {
        if (report.runs().isEmpty()) {
            return;
        }
        folded("Every run, as it happened (" + report.runs().size() + ")", () -> {
            html.raw("<div class=\"runs\">\n");
            for (int i = 0; i < report.runs().size(); i++) {
                run(i + 1, report.runs().get(i));
            }
            report.checks().stream().filter(this::hasNoRuns).forEach(this::load);
            html.raw("</div>\n");
        });
    }

    private void run(int number, RunRecord run) {
        html.raw("<details class=\"run\"><summary>" + number + ". ")
                .foreign(run.purpose())
                .raw(" <span class=\"weight " + run.weight().name().toLowerCase(Locale.ROOT) + "\">")
                .text(weight(run))
                // A link unfolds what is around the place that it leads to, and not the place itself.
                .raw("</span></summary>\n<div id=\"run-" + number + "\">\n");
        HtmlTimeline.of(run, Rows.of(run), html).write("", Optional.empty());
        html.raw("</div></details>\n");
    }

    private static String weight(RunRecord run) {
        return switch (run.weight()) {
            case REFERENCE -> "in one process";
            case FOR -> "as in one process";
            case AGAINST -> "differed";
            case NOTHING -> "to find out more";
        };
    }

    /** Whether it was made by a load, of which the report keeps what it came to, and not each request. */
    private boolean hasNoRuns(CheckResult check) {
        return switch (check.outcome()) {
            case PASSED, FAILED ->
                !check.isAboutState()
                        && report.runs().stream().noneMatch(run -> run.check().equals(check.name()));
            case INCONCLUSIVE, SKIPPED -> false;
        };
    }

    private void load(CheckResult check) {
        html.raw("<p class=\"run\"><span class=\"weight "
                        + (check.outcome() == CheckResult.Outcome.PASSED ? "for" : "against") + "\">")
                .text(check.outcome().word())
                .raw("</span> ")
                .foreign(check.name() + ": " + check.why())
                .raw("</p>\n");
    }

    private void proof() {
        folded("How this was proved", () -> {
            html.raw("<dl class=\"facts\">\n");
            fact("application", report.subject().application());
            fact("folder", report.subject().folder());
            report.subject().definition().ifPresent(definition -> fact("defined by", definition));
            fact("command", report.subject().command());
            report.subject().versions().forEach(this::fact);
            report.timeSpent().forEach((phase, time) -> fact("time for " + phase, Summary.time(time)));
            for (ScenarioSummary scenario : report.scenarios()) {
                List<String> requests = scenario.steps().stream()
                        .map(ScenarioSummary.StepSummary::request)
                        .toList();
                fact("scenario " + scenario.name(), String.join(", ", requests));
            }
            html.raw("</dl>\n");
        });
    }

    private void fact(String name, String value) {
        html.raw("<div><dt>").foreign(name).raw("</dt><dd>").foreign(value).raw("</dd></div>\n");
    }

    private void folded(String title, Runnable content) {
        html.raw("<section><details><summary><h2>").text(title).raw("</h2></summary>\n");
        content.run();
        html.raw("</details></section>\n");
    }

    private void item(String words) {
        html.raw("<li>").foreign(words).raw("</li>\n");
    }

    private static String capitalised(String sentence) {
        return sentence.startsWith("nothing ") ? "N" + sentence.substring(1) : sentence;
    }

    private static String resource(String name) {
        try (InputStream in = HtmlFace.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("the style of the report could not be read from its jar", e);
        }
    }
}
