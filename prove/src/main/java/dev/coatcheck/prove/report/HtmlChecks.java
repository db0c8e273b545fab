package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Check;
import dev.coatcheck.prove.factor.Observation;
import java.util.List;

/** What was checked, and what was seen beside the state. */
final class HtmlChecks {
    private final Report report;
    private final Html html;

    HtmlChecks(Report report, Html html) {
        this.report = report;
        this.html = html;
    }

    /** Where on the page a check is told that has failed and found no state. */
    static String anchor(CheckResult check) {
        return "failed-" + check.name();
    }

    /** A check that has failed and found no state, as a card like that of a leak. */
    void failure(int number, CheckResult check) {
        html.raw("<article class=\"leak\"")
                .attribute("id", anchor(check))
                .raw(">\n<h2><span class=\"number\">" + number + "</span> <span class=\"cause\">")
                .text(check.name())
                .raw("</span> failed</h2>\n<p class=\"happened\">")
                .foreign(sentence(check.why()))
                .raw("</p>\n<h3>What to do</h3>\n");
        check.remedy().ifPresent(remedy -> html.element("p", remedy));
        if (isFactors(check)) {
            html.raw("<ul>\n");
            report.advice()
                    .forEach(advised ->
                            html.raw("<li>").foreign(Summary.advised(advised)).raw("</li>\n"));
            html.raw("</ul>\n");
        }
        html.raw("</article>\n");
    }

    private static boolean isFactors(CheckResult check) {
        return check.name().equals(Check.FACTORS.label());
    }

    void table() {
        html.raw("<section>\n<h2>What was checked</h2>\n<div class=\"scroll\"><table>\n<thead><tr>"
                + "<th scope=\"col\">Check</th><th scope=\"col\">Outcome</th>"
                + "<th scope=\"col\">What was done and seen</th></tr></thead>\n<tbody>\n");
        for (CheckResult check : report.checks()) {
            // What fails for a leak that is told already is no other fault.
            String colour = check.explained() ? "explained" : check.outcome().word();
            html.raw("<tr><th scope=\"row\">")
                    .foreign(check.name())
                    .raw("</th><td><span class=\"outcome " + colour + "\">")
                    .text(check.outcome().word())
                    .raw("</span></td><td>")
                    .foreign(check.why())
                    .raw("</td></tr>\n");
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

    /** The factors: those that are not kept in sight, the others folded. */
    void factors() {
        if (report.factors().isEmpty()) {
            return;
        }
        html.raw("<section>\n<h2>Other good practice</h2>\n");
        if (report.failedBesideState().stream().anyMatch(HtmlChecks::isFactors)) {
            html.element("p", "What is broken stands above.");
        } else if (report.advice().isEmpty()) {
            html.element("p", "There is nothing to advise.");
        } else {
            html.element("p", "The verdict does not depend on it.");
            factors(report.advice(), true);
        }
        List<Observation> others =
                report.factors().stream().filter(each -> !each.isNotKept()).toList();
        if (!others.isEmpty()) {
            html.raw("<details class=\"others\"><summary>")
                    .text(counted(others))
                    .raw("</summary>\n");
            factors(others, false);
            html.raw("</details>\n");
        }
        html.raw("</section>\n");
    }

    private static String counted(List<Observation> others) {
        long kept = others.stream()
                .filter(each -> each.standing() == Observation.Standing.KEPT)
                .count();
        long unseen = others.size() - kept;
        return (kept == 0 ? "" : kept + " kept")
                + (kept > 0 && unseen > 0 ? ", " : "")
                + (unseen == 0 ? "" : unseen + " not looked at");
    }

    private void factors(List<Observation> observations, boolean broken) {
        html.raw("<div class=\"scroll\"><table class=\"factors\">\n<thead><tr><th scope=\"col\">Rule</th>"
                + "<th scope=\"col\">Seen</th><th scope=\"col\">" + (broken ? "What to do" : "Outcome")
                + "</th></tr></thead>\n<tbody>\n");
        for (Observation each : observations) {
            html.raw("<tr><th scope=\"row\">" + each.factor().word() + "<p class=\"rule\">")
                    .text(each.factor().claim())
                    .raw("</p></th><td>")
                    .foreign(sentence(each.seen()))
                    .raw("</td><td>");
            switch (each.standing()) {
                case NOT_KEPT -> html.text(each.factor().remedy());
                case KEPT -> outcome("passed", each);
                case NOT_LOOKED_AT -> outcome("skipped", each);
            }
            html.raw("</td></tr>\n");
        }
        html.raw("</tbody>\n</table></div>\n");
    }

    private void outcome(String colour, Observation observation) {
        html.raw("<span class=\"outcome " + colour + "\">")
                .text(observation.standing().word().replace('-', ' '))
                .raw("</span>");
    }

    /** With a full stop and a capital, except for the name of a file, whose letters matter. */
    private static String sentence(String words) {
        String begun =
                words.matches("(?s)[a-z]+ .*") ? Character.toUpperCase(words.charAt(0)) + words.substring(1) : words;
        return begun.endsWith(".") ? begun : begun + ".";
    }
}
