package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.RunRecord.StepRun;
import java.util.Comparator;
import java.util.Optional;

/**
 * A run as a picture: steps downwards, a lane for each instance, in it the life of its processes, and the answers where
 * they were given. Hovering over an answer, or tabbing to it, shows its details below the picture.
 */
final class HtmlTimeline {
    /** The heads of arrows, once in a document. */
    static final String MARKERS = marker("kept") + marker("missed");

    private static final int SHORT_OUTCOME = 5;

    /** Two lines of it. */
    private static final int LONGEST_REQUEST = 48;

    private final RunRecord run;
    private final Html html;
    private final LaneLayout lanes;

    /**
     * A leak that is drawn into a run.
     *
     * @param split whether the run is the one that misses something
     */
    record Drawn(FoundLeak leak, boolean split) {
        boolean isPolluter(StepRef step) {
            return leak.polluter().filter(polluter -> same(polluter, step)).isPresent();
        }
    }

    HtmlTimeline(RunRecord run, Html html) {
        this.run = run;
        this.html = html;
        this.lanes = new LaneLayout(run);
    }

    /** A step in a run: where it was sent several times, the time that differed, or the scenario's own. */
    static Optional<StepRun> step(RunRecord run, StepRef step) {
        return run.steps().stream()
                .filter(candidate -> same(candidate.step(), step))
                .filter(candidate -> candidate.differed() || !candidate.repeated())
                .max(Comparator.comparing(StepRun::differed));
    }

    static String weight(RunRecord run) {
        return switch (run.weight()) {
            case REFERENCE -> "the control";
            case FOR -> "as in the control";
            case AGAINST -> "something was missed";
            case NOTHING -> "counts for nothing";
        };
    }

    void write(String title, Optional<Drawn> drawn) {
        String tone = drawn.map(leak -> leak.split() ? " missed" : " kept").orElse("");
        html.raw("<figure class=\"timeline" + tone + "\">\n");
        if (!title.isEmpty()) {
            html.raw("<figcaption>").foreign(title).raw("</figcaption>\n");
        }
        html.raw("<div class=\"scroll\"><div class=\"grid\" style=\"--lanes:"
                + lanes.names().size() + ";--steps:" + run.steps().size() + "\">");
        for (String name : lanes.names()) {
            html.raw("\n<span class=\"lane\" style=\"grid-column:" + (lanes.lane(name) + 2) + "\"")
                    .attribute("title", name)
                    .raw(">")
                    .foreign(name)
                    .raw("</span>");
        }
        new HtmlLanes(run, lanes, html).write(drawn);
        for (int row = 0; row < run.steps().size(); row++) {
            step(row, drawn);
        }
        html.raw("</div></div>\n<p class=\"strip\">").text(caption(drawn)).raw("</p>\n</figure>\n");
    }

    private void step(int row, Optional<Drawn> drawn) {
        StepRun step = run.steps().get(row);
        boolean polluter = !step.repeated()
                && !step.differed()
                && drawn.filter(leak -> leak.isPolluter(step.step())).isPresent();
        boolean victim = drawn.flatMap(leak -> step(run, leak.leak().victim()))
                .filter(step::equals)
                .isPresent();
        html.raw("\n<span class=\"step\" style=\"grid-row:" + (row + 2) + "\"")
                .attribute("title", step.step().request())
                .raw("><span class=\"count\">" + step.step().step() + "</span><span class=\"request\">")
                .foreign(LeakWords.shortened(step.step().request(), LONGEST_REQUEST))
                .raw("</span>" + (polluter ? "<span class=\"role\">leaves it</span>" : "")
                        + (victim ? "<span class=\"role\">needs it</span>" : "")
                        + (step.repeated() ? "<span class=\"again\">again, in this process</span>" : "") + "</span>")
                .raw("<span class=\"cell" + (step.differed() ? " differs" : "") + "\" tabindex=\"0\" style=\"grid-row:"
                        + (row + 2) + ";grid-column:" + (lanes.lane(step.instance()) + 2) + "\" role=\"img\"")
                .attribute("aria-label", step.step().request() + ": " + details(step))
                .raw("><span class=\"answer\">" + (step.differed() ? "≠ " : ""))
                .text(shortened(step.outcome()))
                .raw("</span><span class=\"tip\"><strong>")
                .foreign(step.step().request())
                .raw("</strong> ")
                .foreign(details(step))
                .raw("</span></span>");
    }

    private String details(StepRun step) {
        return step.instance() + ", process " + step.processId() + ", answered " + step.outcome() + " after "
                + Summary.time(step.took()) + ", sent at " + Summary.time(step.at()) + "."
                + step.difference().map(difference -> " Differs: " + difference).orElse("");
    }

    private String caption(Optional<Drawn> drawn) {
        String kills = run.kills().isEmpty() ? "" : " ✕ marks a process that was killed.";
        return drawn.filter(leak -> leak.leak().polluter().isPresent())
                        .map(leak -> leak.split()
                                ? "The arrow leads to the answer that misses what was left elsewhere."
                                : "The arrow shows what is left in the process, and found there again.")
                        .orElse("Each box is an answer, in the lane of the instance that gave it.")
                + kills;
    }

    private static String shortened(String outcome) {
        return outcome.length() <= SHORT_OUTCOME ? outcome : "failed";
    }

    private static boolean same(StepRef one, StepRef other) {
        return one.step() == other.step() && one.scenario().equals(other.scenario());
    }

    private static String marker(String tone) {
        return "<svg class=\"markers\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs><marker id=\"head-" + tone
                + "\" viewBox=\"0 0 10 10\" refX=\"8\" refY=\"5\" markerWidth=\"6\" markerHeight=\"6\""
                + " orient=\"auto-start-reverse\"><path class=\"" + tone
                + "-head\" d=\"M0 0 10 5 0 10z\"/></marker></defs>"
                + "</svg>\n";
    }
}
