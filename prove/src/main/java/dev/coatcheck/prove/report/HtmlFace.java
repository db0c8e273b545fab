package dev.coatcheck.prove.report;

import dev.coatcheck.prove.factor.Observation;
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
    private final Html html = new Html();

    private HtmlFace(Report report) {
        this.report = report;
        this.summary = new Summary(report);
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
                .text(report.verdict().word() + ": " + report.subject().application())
                .raw("</title>\n<style>\n" + STYLE + "</style>\n</head>\n<body>\n" + HtmlTimeline.MARKERS + "<main>\n");
        header();
        switch (report.verdict()) {
            case STATELESS -> {
                notes();
                stateless();
            }
            case STATEFUL -> leaks();
            case INCONCLUSIVE -> {}
        }
        accepted();
        checks();
        factors();
        if (report.verdict() != Verdict.STATELESS) {
            notes();
        }
        noise();
        runs();
        proof();
        html.raw("</main>\n</body>\n</html>\n");
    }

    private void header() {
        String sign =
                switch (report.verdict()) {
                    case STATELESS -> "✓";
                    case STATEFUL -> "✕";
                    case INCONCLUSIVE -> "?";
                };
        html.raw("<header class=\"verdict " + report.verdict().word() + "\">\n<p class=\"word\"><span class=\"sign\""
                        + " aria-hidden=\"true\">" + sign + "</span> ")
                .text(report.verdict().word())
                .raw("</p>\n<h1>")
                .foreign(capitalised(summary.headline()))
                .raw("</h1>\n");
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

    private void leaks() {
        HtmlLeak card = new HtmlLeak(report, html);
        List<FoundLeak> leaks = report.open();
        if (leaks.size() > 1) {
            html.raw("<nav aria-label=\"Leaks\"><ol>\n");
            LeakWords words = new LeakWords(report);
            for (int i = 0; i < leaks.size(); i++) {
                html.raw("<li><a href=\"#leak-" + (i + 1) + "\">")
                        .foreign(words.title(leaks.get(i)))
                        .raw("</a></li>\n");
            }
            html.raw("</ol></nav>\n");
        }
        for (int i = 0; i < leaks.size(); i++) {
            card.write(i + 1, leaks.get(i));
        }
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
        html.raw("<section>\n<h2>What was proved</h2>\n<p>")
                .text("Every answer was as in the control" + (report.accepted().isEmpty() ? "" : ", or is accepted")
                        + ", although " + summary.coverage())
                .raw("</p>\n");
        Optional<RunRecord> control = run(Weight.REFERENCE, false);
        Optional<RunRecord> split = run(Weight.FOR, false);
        Optional<RunRecord> killed = run(Weight.FOR, true);
        html.raw("<div class=\"sides\">\n");
        control.ifPresent(run -> new HtmlTimeline(run, html).write("In one process", Optional.empty()));
        split.ifPresent(run -> new HtmlTimeline(run, html).write("Split: " + run.purpose(), Optional.empty()));
        killed.filter(run -> !split.equals(Optional.of(run)))
                .ifPresent(run ->
                        new HtmlTimeline(run, html).write("With processes killed: " + run.purpose(), Optional.empty()));
        html.raw("</div>\n</section>\n<section>\n<h2>What was not proved</h2>\n<ul>\n");
        summary.notProved().forEach(this::item);
        html.raw("</ul>\n</section>\n");
    }

    private Optional<RunRecord> run(Weight weight, boolean withKills) {
        return report.runs().stream()
                .filter(run ->
                        run.weight() == weight && (!withKills || !run.kills().isEmpty()))
                .findFirst();
    }

    private void checks() {
        html.raw("<section>\n<h2>What was checked</h2>\n<div class=\"scroll\"><table>\n<thead><tr><th>Check</th>"
                + "<th>Outcome</th><th>What was done and seen</th></tr></thead>\n<tbody>\n");
        for (CheckResult check : report.checks()) {
            html.raw("<tr><th scope=\"row\">")
                    .foreign(check.name())
                    .raw("</th><td><span class=\"outcome " + check.outcome().word() + "\">")
                    .text(check.outcome().word())
                    .raw("</span></td><td>")
                    .foreign(check.why());
            check.remedy()
                    .ifPresent(remedy -> html.raw("<p><strong>What to do:</strong> ")
                            .text(remedy)
                            .raw("</p>"));
            html.raw("</td></tr>\n");
        }
        CoverageSummary coverage = report.coverage();
        html.raw("</tbody>\n</table></div>\n<dl class=\"coverage\">\n<div><dt>pairs of steps separated</dt><dd>")
                .text(coverage.separated() + " of " + coverage.pairs())
                .raw(" <meter aria-label=\"pairs of steps separated\" min=\"0\" max=\"" + Math.max(1, coverage.pairs())
                        + "\" value=\"" + coverage.separated()
                        + "\"></meter></dd></div>\n<div><dt>processes killed</dt><dd>"
                        + coverage.kills() + "</dd></div>\n<div><dt>runs</dt><dd>"
                        + report.runs().size()
                        + "</dd></div>\n<div><dt>took</dt><dd>")
                .text(Summary.time(report.subject().took()))
                .raw("</dd></div>\n</dl>\n</section>\n");
    }

    private void factors() {
        if (report.factors().isEmpty()) {
            return;
        }
        html.raw("<section>\n<h2>Advice beside the state</h2>\n<p>")
                .text(report.advice().isEmpty() ? "There is none: what was looked at is kept." : summary.advice())
                .raw("</p>\n<div class=\"scroll\"><table>\n<thead><tr><th>Factor</th><th>Outcome</th>"
                        + "<th>What was seen, and what to do</th></tr></thead>\n<tbody>\n");
        for (Observation each : report.factors()) {
            String colour =
                    switch (each.standing()) {
                        case KEPT -> "passed";
                        case NOT_KEPT -> "inconclusive";
                        case NOT_LOOKED_AT -> "skipped";
                    };
            html.raw("<tr><th scope=\"row\">" + each.factor().word() + "</th><td><span class=\"outcome " + colour
                            + "\">")
                    .text(each.standing().word().replace('-', ' '))
                    .raw("</span></td><td>")
                    .text(each.factor().claim() + " ")
                    .foreign(capital(each.seen()) + ".")
                    .text(each.isNotKept() ? " " + each.factor().remedy() : "")
                    .raw("</td></tr>\n");
        }
        html.raw("</tbody>\n</table></div>\n</section>\n");
    }

    private static String capital(String words) {
        return words.isEmpty() ? words : Character.toUpperCase(words.charAt(0)) + words.substring(1);
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
            for (RunRecord run : report.runs()) {
                html.raw("<details class=\"run\"><summary>")
                        .foreign(run.purpose())
                        .raw(" <span class=\"weight " + run.weight().name().toLowerCase(Locale.ROOT) + "\">")
                        .text(HtmlTimeline.weight(run))
                        .raw("</span></summary>\n");
                new HtmlTimeline(run, html).write("", Optional.empty());
                html.raw("</details>\n");
            }
            html.raw("</div>\n");
        });
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
