package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Cause;
import java.util.List;

/**
 * The report on a terminal: the verdict first, each leak in one paragraph with the command that shows it again and what to
 * do, and what the proof did. Text from outside cannot move the cursor or change colours.
 */
public final class TerminalFace {
    /** More leaks than these are told in a line each, so that the verdict stays on the screen. */
    private static final int WHOLE_LEAKS = 3;

    /** Of a leak; where it lives in more of them, the last line says how many. */
    private static final int MOST_PLACES = 4;

    private static final String INDENT = "  ";

    private final Report report;
    private final Summary summary;
    private final LeakWords words;
    private final Page page;

    private TerminalFace(Report report, Screen screen) {
        this.report = report;
        this.summary = new Summary(report);
        this.words = new LeakWords(report);
        this.page = new Page(screen);
    }

    /** The text of it, with a line end at its end. */
    public static String text(Report report, Screen screen) {
        return new TerminalFace(report, screen).text();
    }

    private String text() {
        page.verdict(report, summary.word(), summary.headline());
        page.blank();
        switch (report.verdict()) {
            case STATELESS -> stateless();
            case STATEFUL -> leaks();
            case INCONCLUSIVE -> inconclusive();
        }
        advice();
        if (report.coverage().pairs() > 0) {
            page.paragraph(
                    "",
                    (report.verdict() == Verdict.INCONCLUSIVE ? "So far: " : "Proof: ") + summary.effort()
                            + summary.longest().map(phase -> " (" + phase + ")").orElse("") + ". "
                            + summary.coverage());
        }
        if (report.verdict() != Verdict.STATELESS && !report.notes().isEmpty()) {
            page.blank();
            notes();
        }
        return page.text();
    }

    private void stateless() {
        if (report.accepted().isEmpty() && report.failedBesideState().isEmpty()) {
            page.paragraph(
                    "",
                    "Every answer was the same as from one process. Passed: "
                            + summary.named(CheckResult.Outcome.PASSED) + ".");
            summary.passedBesideState().forEach(page::item);
            page.blank();
        } else {
            accepted();
            checks();
        }
        if (!report.notes().isEmpty()) {
            // One of them may be that the scenario shows little.
            notes();
            page.blank();
        }
        page.paragraph("", "Not proved:");
        summary.notProved().forEach(page::item);
        page.blank();
    }

    private void inconclusive() {
        List<String> reason = report.reason().orElseThrow().lines().toList();
        page.paragraph("", "Why: " + reason.getFirst());
        // What follows is what a program wrote, which is indented as a whole.
        reason.stream().skip(1).dropWhile(String::isBlank).forEach(line -> page.output("", line));
        page.blank();
        page.paragraph("", Summary.INCONCLUSIVE);
        page.blank();
        if (report.checks().stream().anyMatch(check -> check.outcome() != CheckResult.Outcome.SKIPPED)) {
            checks();
        }
    }

    private void leaks() {
        List<FoundLeak> leaks = report.open();
        for (int i = 0; i < Math.min(WHOLE_LEAKS, leaks.size()); i++) {
            leak(i + 1, leaks);
        }
        if (leaks.size() > WHOLE_LEAKS) {
            page.paragraph(
                    "",
                    "And " + Summary.count(leaks.size() - WHOLE_LEAKS, "leak")
                            + " more; --report DIR tells them whole:");
            for (int i = WHOLE_LEAKS; i < leaks.size(); i++) {
                page.item((i + 1) + ". " + words.title(leaks.get(i)));
            }
            page.blank();
        }
        accepted();
        checks();
    }

    private void accepted() {
        if (!report.accepted().isEmpty()) {
            page.paragraph("", "The baseline accepts:");
            report.accepted().forEach(leak -> page.item(words.accepted(leak)));
            page.blank();
        }
    }

    private void leak(int number, List<FoundLeak> leaks) {
        FoundLeak leak = leaks.get(number - 1);
        page.heading(number + ". " + leak.cause().word() + ", found by " + leak.check());
        page.paragraph(INDENT, words.happened(leak));
        if (!leak.locations().isEmpty()) {
            page.paragraph(INDENT, "It lives in:");
            List<FoundLocation> places = leak.locations();
            int shown = places.size() > MOST_PLACES ? MOST_PLACES - 1 : places.size();
            places.subList(0, shown).forEach(location -> page.whole(INDENT.repeat(2), LeakWords.location(location)));
            if (shown < places.size()) {
                page.whole(
                        INDENT.repeat(2),
                        "and " + Summary.count(places.size() - shown, "place") + " more; --report DIR lists them");
            }
        }
        words.whereToLook(leak).ifPresent(hint -> page.paragraph(INDENT, "Where: " + hint));
        if (leak.cause() == Cause.UNKNOWN && !leak.evidence().isEmpty()) {
            page.paragraph(INDENT, "Tried: " + String.join("; ", leak.evidence()) + ".");
        }
        page.paragraph(INDENT, "What to do: " + advice(number, leaks));
        page.paragraph(
                INDENT,
                "See it again"
                        + (leak.reproduce().contains(Hidden.MASK)
                                ? " (put your secret in place of " + Hidden.MASK + ")"
                                : "")
                        + ":");
        page.command(leak.reproduce());
        page.blank();
    }

    /** What was advised above already is not told once more. */
    private static String advice(int number, List<FoundLeak> leaks) {
        FoundLeak leak = leaks.get(number - 1);
        for (int earlier = 1; earlier < number; earlier++) {
            FoundLeak before = leaks.get(earlier - 1);
            if (before.advice().equals(leak.advice()) && before.cause() == leak.cause()) {
                return "as for leak " + earlier + ".";
            }
        }
        return leak.advice() + " More: " + leak.cause().anchor();
    }

    private void checks() {
        for (CheckResult check : report.checks()) {
            page.check(check);
        }
        if (!report.checks().isEmpty()) {
            page.blank();
        }
        List<String> remedies = summary.remedies();
        if (!remedies.isEmpty()) {
            page.paragraph("", "What to do:");
            remedies.forEach(page::item);
            page.blank();
        }
    }

    private void advice() {
        if (!report.advice().isEmpty()) {
            page.paragraph("", summary.advice());
            report.advice().stream().map(summary::advisedBesideLeaks).forEach(page::item);
            page.blank();
        }
    }

    private void notes() {
        page.paragraph("", "Worth knowing:");
        report.notes().forEach(page::item);
    }
}
