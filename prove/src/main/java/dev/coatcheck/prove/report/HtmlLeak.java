package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.HtmlTimeline.Drawn;
import dev.coatcheck.prove.report.RunRecord.Weight;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** One leak as a card: what happened, the control beside the fleet, where it lives, what to do. */
final class HtmlLeak {
    private final Report report;
    private final LeakWords words;
    private final Html html;

    HtmlLeak(Report report, Html html) {
        this.report = report;
        this.words = new LeakWords(report);
        this.html = html;
    }

    void write(int number, FoundLeak leak) {
        html.raw("<article class=\"leak\" id=\"leak-" + number + "\">\n<h2><span class=\"number\">" + number
                        + "</span> <span class=\"cause\">" + leak.cause().word() + "</span> ")
                .foreign(leak.another().map(step -> step.request() + " → ").orElse("")
                        + leak.victim().request())
                .raw("</h2>\n<p class=\"happened\">")
                .foreign(words.happened(leak))
                .raw("</p>\n");
        if (!leak.locations().isEmpty()) {
            html.raw("<h3>It lives in</h3>\n<ul class=\"locations\">\n");
            for (FoundLocation location : leak.locations()) {
                html.raw("<li><span class=\"kind\">")
                        .text(location.kind().word().replace('-', ' '))
                        .raw("</span> <bdi class=\"instance\">")
                        .text(location.instance())
                        .raw("</bdi> ")
                        .code(location.path())
                        .raw("</li>\n");
            }
            html.raw("</ul>\n");
        }
        html.raw("<h3>What to do</h3>\n<p>")
                .foreign(leak.advice())
                .raw(" <span class=\"more\">More: ")
                .code(leak.cause().anchor())
                .raw("</span></p>\n");
        sides(leak);
        html.raw("<h3>See it again</h3>\n<pre class=\"command\" tabindex=\"0\"><code>")
                .text(leak.reproduce())
                .raw("</code></pre>\n");
        if (leak.reproduce().contains(Hidden.MASK)) {
            html.raw("<p class=\"more\">*** stands for a secret that is not shown.</p>\n");
        }
        evidence(leak);
        html.raw("</article>\n");
    }

    private void sides(FoundLeak leak) {
        Optional<RunRecord> control = report.runs().stream()
                .filter(run -> run.weight() == Weight.REFERENCE
                        && HtmlTimeline.step(run, leak.victim()).isPresent())
                .findFirst();
        Optional<RunRecord> fleet = broken(leak);
        if (control.isEmpty() && fleet.isEmpty()) {
            return;
        }
        html.raw("<div class=\"sides\">\n");
        control.ifPresent(run ->
                new HtmlTimeline(run, html).write("Control: all in one process", Optional.of(new Drawn(leak, false))));
        fleet.ifPresent(run -> new HtmlTimeline(run, html)
                .write("Split over processes: " + run.purpose(), Optional.of(new Drawn(leak, true))));
        html.raw("</div>\n");
    }

    /** A run that shows the leak: if there is a choice, of its own check, and with its two steps in two processes. */
    private Optional<RunRecord> broken(FoundLeak leak) {
        Comparator<RunRecord> ofItsCheck =
                Comparator.comparing(run -> run.check().equals(leak.check()));
        Comparator<RunRecord> apart = Comparator.comparing(run -> areApart(leak, run));
        return against(leak).sorted(ofItsCheck.thenComparing(apart).reversed()).findFirst();
    }

    private static boolean areApart(FoundLeak leak, RunRecord run) {
        Optional<Long> polluter =
                leak.polluter().flatMap(step -> HtmlTimeline.step(run, step)).map(RunRecord.StepRun::processId);
        Optional<Long> victim = HtmlTimeline.step(run, leak.victim()).map(RunRecord.StepRun::processId);
        return polluter.isPresent() && !polluter.equals(victim);
    }

    private Stream<RunRecord> against(FoundLeak leak) {
        return report.runs().stream()
                .filter(run -> run.weight() == Weight.AGAINST)
                .filter(run -> HtmlTimeline.step(run, leak.victim())
                        .filter(RunRecord.StepRun::differed)
                        .isPresent());
    }

    private void evidence(FoundLeak leak) {
        html.raw("<details><summary>How this is known</summary>\n<ul>\n<li>")
                .foreign("Found by " + leak.check() + ": " + leak.difference())
                .raw("</li>\n<li>")
                .text("Cause: " + leak.cause().sentence())
                .raw("</li>\n");
        leak.evidence().forEach(words -> html.raw("<li>").foreign(words).raw("</li>\n"));
        html.raw("</ul></details>\n");
    }
}
