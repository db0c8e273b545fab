package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.HtmlLanes.Arrow;
import dev.coatcheck.prove.report.Rows.Row;
import dev.coatcheck.prove.report.RunRecord.StepRun;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A run as a picture: steps downwards, a lane for each instance, in it the life of its processes, and the answers where
 * they were given. Hovering over an answer shows its details below the picture; so does tabbing to one that a leak is
 * told by. To the others nobody has to tab, since a report has hundreds.
 */
final class HtmlTimeline {
    /** The heads of arrows, once in a document. */
    static final String MARKERS = marker("kept") + marker("missed");

    private static final int SHORT_OUTCOME = 5;

    /** What is longer does not fit below its answer. */
    private static final int LONGEST_EXPECTED = 12;

    /** Two lines of it. */
    private static final int LONGEST_REQUEST = 48;

    private final RunRecord run;
    private final Rows rows;
    private final Html html;
    private final LaneLayout lanes;
    private final Optional<HtmlDrawnLeak> drawn;

    private HtmlTimeline(RunRecord run, Rows rows, Optional<HtmlDrawnLeak> drawn, Html html) {
        this.run = run;
        this.rows = rows;
        this.html = html;
        this.lanes = new LaneLayout(run, rows);
        this.drawn = drawn;
    }

    /** Of a run by itself. */
    static HtmlTimeline of(RunRecord run, Rows rows, Html html) {
        return new HtmlTimeline(run, rows, Optional.empty(), html);
    }

    /** Of a run in which a leak shows, or does not. */
    static HtmlTimeline of(HtmlDrawnLeak drawn, Rows rows, Html html) {
        return new HtmlTimeline(drawn.run(), rows, Optional.of(drawn), html);
    }

    /** @param number which of the report's runs it is, counted from 1, where the title has to say it */
    void write(String title, Optional<Integer> number) {
        html.raw("<figure class=\"timeline"
                + drawn.map(leak -> " " + leak.tone()).orElse("") + "\">\n");
        if (!title.isEmpty()) {
            html.raw("<figcaption>").foreign(title);
            number.ifPresent(which -> html.raw(" <a class=\"more\" href=\"#run-" + which + "\">run " + which + "</a>"));
            html.raw("</figcaption>\n");
        }
        html.raw("<div class=\"scroll\"><div class=\"grid\" style=\"--lanes:"
                + lanes.names().size() + ";--rows:" + rows.count() + "\">");
        for (String name : lanes.names()) {
            html.raw("\n<span class=\"lane\" style=\"grid-column:" + column(name) + "\"")
                    .attribute("title", name)
                    .raw(">")
                    .foreign(name)
                    .raw("</span>");
        }
        new HtmlLanes(run, lanes, html).write(drawn.flatMap(HtmlDrawnLeak::arrow));
        for (int line = 0; line < rows.count(); line++) {
            row(rows.all().get(line), "grid-row:" + (line + 2));
        }
        drawn.flatMap(HtmlDrawnLeak::unheard).ifPresent(this::unheard);
        html.raw("</div></div>\n<p class=\"strip\">").foreign(caption()).raw("</p>\n</figure>\n");
    }

    private int column(String instance) {
        return lanes.lane(instance) + 2;
    }

    private void row(Row row, String place) {
        if (!row.shown()) {
            html.raw("\n<span class=\"step gap\" style=\"" + place + "\">… "
                    + Summary.count(row.count(), "more request") + "</span>");
            return;
        }
        List<StepRun> steps = run.steps().subList(row.from(), row.to());
        StepRef step = steps.getFirst().step();
        html.raw("\n<span class=\"step\" style=\"" + place + "\"")
                .attribute("title", step.request())
                .raw("><span class=\"count\">" + step.step() + "</span> <span class=\"request\">")
                .foreign(LeakWords.shortened(step.request(), LONGEST_REQUEST))
                .raw("</span>");
        drawn.flatMap(leak -> leak.role(row)).ifPresent(role -> html.raw(" <span class=\"role\">" + role + "</span>"));
        html.raw((steps.stream().allMatch(StepRun::repeated) ? " <span class=\"again\">again</span>" : "") + "</span>");
        Map<String, List<Integer>> cells = IntStream.range(row.from(), row.to())
                .boxed()
                .collect(Collectors.groupingBy(
                        index -> run.steps().get(index).instance(), LinkedHashMap::new, Collectors.toList()));
        cells.values().forEach(indexes -> cell(indexes, place));
    }

    /** An answer, or several that are alike: then it is told by the first. */
    private void cell(List<Integer> indexes, String place) {
        int index = indexes.getFirst();
        int times = indexes.size();
        StepRun step = run.steps().get(index);
        boolean wrong = drawn.map(leak -> leak.isWrong(index)).orElse(step.differed());
        boolean telling = drawn.filter(leak -> wrong || indexes.stream().anyMatch(leak::tells))
                .isPresent();
        String note = wrong ? note(index, step) : "";
        String details = details(step)
                + (note.isEmpty() ? "" : " " + Character.toUpperCase(note.charAt(0)) + note.substring(1) + ".")
                + (times == 1 ? "" : " " + times + " answers were alike, of which this is the first.");
        html.raw("\n<span class=\"cell" + (wrong ? " differs" : "") + "\"" + (telling ? " tabindex=\"0\"" : "")
                        + " style=\"" + place + ";grid-column:" + column(step.instance()) + "\" role=\"img\"")
                .attribute(
                        "aria-label",
                        "Step " + step.step().step() + ", " + step.step().request() + ": " + details)
                .raw("><span class=\"answer\">")
                .text(shortened(step.outcome()) + (wrong ? " ✗" : ""))
                .raw((times == 1 ? "" : " <span class=\"times\">×" + times + "</span>") + "</span>");
        if (wrong) {
            html.raw(" <span class=\"note\">").text(note).raw("</span>");
        }
        html.raw(" <span class=\"tip\"><strong>")
                .foreign(step.step().request())
                .raw("</strong> ")
                .foreign(details)
                .raw("</span></span>");
    }

    /** What is wrong with an answer, in a word or two. */
    private String note(int index, StepRun step) {
        Optional<String> expected = drawn.map(leak -> leak.expected(index)).orElse(step.expected());
        return drawn.flatMap(leak -> leak.note(index))
                .or(() -> expected.filter(words -> words.codePointCount(0, words.length()) <= LONGEST_EXPECTED)
                        .map("expected "::concat))
                .orElse("differs");
    }

    /** In the lane of a socket that has not heard what it should. */
    private void unheard(Arrow arrow) {
        html.raw("\n<span class=\"cell differs\" style=\"grid-row:" + (rows.row(arrow.to()) + 2) + ";grid-column:"
                + column(arrow.lane()) + "\"><span class=\"answer\" aria-hidden=\"true\">✗</span>"
                + " <span class=\"note\">hears nothing</span></span>");
    }

    private static String details(StepRun step) {
        return step.instance() + ", process " + step.processId() + ", answered " + step.outcome() + " after "
                + Summary.time(step.took()) + ", sent at " + Summary.time(step.at()) + "."
                + step.difference()
                        .map(difference -> " Differs: " + difference + ".")
                        .orElse("");
    }

    private String caption() {
        return drawn.flatMap(HtmlDrawnLeak::caption)
                        .orElse("Each box is an answer, in the lane of the instance that gave it.")
                + (run.kills().isEmpty() ? "" : " ✕ marks a process that was killed.");
    }

    private static String shortened(String outcome) {
        return outcome.length() <= SHORT_OUTCOME ? outcome : "failed";
    }

    private static String marker(String tone) {
        return "<svg class=\"markers\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs><marker id=\"head-" + tone
                + "\" viewBox=\"0 0 10 10\" refX=\"8\" refY=\"5\" markerWidth=\"6\" markerHeight=\"6\""
                + " orient=\"auto-start-reverse\"><path class=\"" + tone
                + "-head\" d=\"M0 0 10 5 0 10z\"/></marker></defs>"
                + "</svg>\n";
    }
}
