package dev.coatcheck.prove.report;

import java.util.Optional;
import java.util.stream.IntStream;

/** One leak as a card: what happened, where it lives, what to do, and one process beside several. */
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
        Optional<SideBySide> sides = SideBySide.of(leak, report);
        html.raw("<article class=\"leak\" id=\"leak-" + number + "\">\n<h2><span class=\"number\">" + number
                        + "</span> <span class=\"cause\">" + leak.cause().word() + "</span> ")
                .foreign(leak.another().map(step -> step.request() + " → ").orElse("")
                        + leak.victim().request())
                .raw("</h2>\n<p class=\"happened\">")
                .foreign(words.happened(leak))
                .raw("</p>\n");
        if (!leak.locations().isEmpty()) {
            html.raw("<h3>It lives in</h3>\n<ul class=\"locations\">\n");
            leak.locations().forEach(location -> location(leak, location, sides));
            html.raw("</ul>\n");
        }
        words.whereToLook(leak)
                .ifPresent(hint ->
                        html.raw("<p><strong>Where:</strong> ").foreign(hint).raw("</p>\n"));
        html.raw("<h3>What to do</h3>\n<p>")
                .foreign(leak.advice())
                .raw(" <span class=\"more\">More: ")
                .code(leak.cause().anchor())
                .raw("</span></p>\n");
        sides.ifPresent(this::sides);
        html.raw("<h3>See it again</h3>\n<pre class=\"command\" tabindex=\"0\"><code>")
                .text(leak.reproduce())
                .raw("</code></pre>\n");
        if (leak.reproduce().contains(Hidden.MASK)) {
            html.raw("<p class=\"more\">*** stands for a secret that is not shown.</p>\n");
        }
        evidence(leak);
        html.raw("</article>\n");
    }

    private void location(FoundLeak leak, FoundLocation location, Optional<SideBySide> sides) {
        html.raw("<li><span class=\"kind\">")
                .text(location.kind().word().replace('-', ' '))
                .raw("</span> <bdi class=\"instance\">")
                .text(holder(leak, location, sides))
                .raw("</bdi> ")
                .code(location.path())
                .raw("</li>\n");
    }

    /** It was looked for in a run of its own, where the instance may have another name than in the picture. */
    private static String holder(FoundLeak leak, FoundLocation location, Optional<SideBySide> sides) {
        if (location.kind() == FoundLocation.Kind.BACKING_SERVICE
                || leak.polluter().isEmpty()) {
            return location.instance();
        }
        String served = " served step " + leak.polluter().get().step();
        return sides.filter(drawn -> drawn.isServedWhereItWasFound(location)).isPresent()
                ? location.instance() + ", which" + served
                : "the process that" + served;
    }

    private void sides(SideBySide sides) {
        Rows rows = sides.rows();
        html.raw("<div class=\"sides\">\n");
        sides.single()
                .ifPresent(run -> HtmlTimeline.of(new HtmlDrawnLeak(sides, run, false), rows, html)
                        .write("The same requests, all in one process", number(run)));
        HtmlTimeline.of(new HtmlDrawnLeak(sides, sides.split(), true), rows, html)
                .write(title(sides.split()), number(sides.split()));
        html.raw("</div>\n");
    }

    private static String title(RunRecord run) {
        long processes = run.steps().stream()
                .map(RunRecord.StepRun::processId)
                .distinct()
                .count();
        return run.kills().isEmpty()
                ? "Split over " + Summary.count((int) processes, "process")
                : "With processes killed in between";
    }

    private Optional<Integer> number(RunRecord run) {
        return IntStream.range(0, report.runs().size())
                .filter(i -> report.runs().get(i).purpose().equals(run.purpose()))
                .mapToObj(i -> i + 1)
                .findFirst();
    }

    private void evidence(FoundLeak leak) {
        html.raw("<details class=\"evidence\"><summary>How this is known</summary>\n<ul>\n<li>")
                .foreign("Found by " + leak.check() + ": " + leak.difference())
                .raw("</li>\n<li>")
                .text("Cause: " + leak.cause().sentence())
                .raw("</li>\n");
        leak.evidence().forEach(words -> html.raw("<li>").foreign(words).raw("</li>\n"));
        html.raw("</ul></details>\n");
    }
}
