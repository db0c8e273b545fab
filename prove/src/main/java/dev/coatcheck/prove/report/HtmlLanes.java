package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.HtmlTimeline.Drawn;
import dev.coatcheck.prove.report.LaneLayout.Life;
import dev.coatcheck.prove.report.RunRecord.StepRun;
import java.util.List;
import java.util.Optional;

/** The lives of processes, their kills, and the arrow of a leak: what lies behind the answers of a picture. */
final class HtmlLanes {
    /** From the middle of an answer's box to its edge. */
    private static final int EDGE = 27;

    private final RunRecord run;
    private final LaneLayout lanes;
    private final Html html;

    HtmlLanes(RunRecord run, LaneLayout lanes, Html html) {
        this.run = run;
        this.lanes = lanes;
        this.html = html;
    }

    void write(Optional<Drawn> drawn) {
        html.raw("\n<svg class=\"lives\" aria-hidden=\"true\" width=\"" + lanes.width() + "\" height=\""
                + lanes.height() + "\" viewBox=\"0 0 " + lanes.width() + " " + lanes.height() + "\">");
        lanes.lives().forEach(this::life);
        drawn.ifPresent(this::arrow);
        html.raw("</svg>");
    }

    private void life(Life life) {
        int x = LaneLayout.middle(life.lane());
        int top = life.began() ? life.top() + 5 : life.top();
        int bottom = life.killed() ? life.bottom() - 5 : life.bottom();
        html.raw("<path class=\"life\" d=\"M" + x + " " + top + "V" + bottom + "\"/>");
        if (life.began()) {
            html.raw("<circle class=\"start\" cx=\"" + x + "\" cy=\"" + top + "\" r=\"3\"/>");
        }
        if (life.killed()) {
            html.raw("<path class=\"kill\" d=\"M" + (x - 5) + " " + (bottom - 5) + "l10 10m0 -10l-10 10\"/>");
        }
    }

    private void arrow(Drawn drawn) {
        Optional<StepRef> polluter = drawn.leak().polluter();
        if (polluter.isEmpty()) {
            return;
        }
        int from = row(polluter.get());
        int to = HtmlTimeline.step(run, drawn.leak().victim())
                .map(run.steps()::indexOf)
                .orElse(-1);
        if (from < 0 || to < 0 || from == to) {
            return;
        }
        int left = LaneLayout.middle(lanes.lane(run.steps().get(from).instance()));
        int right = LaneLayout.middle(lanes.lane(run.steps().get(to).instance()));
        String tone = drawn.split() ? "missed" : "kept";
        html.raw("<path class=\"arrow " + tone + "\" marker-end=\"url(#head-" + tone + ")\" d=\""
                + path(left, LaneLayout.row(from), right, LaneLayout.row(to)) + "\"/>");
    }

    /** In one lane around the answers between, from one lane to another straight at the side of the box. */
    private static String path(int fromX, int fromY, int toX, int toY) {
        if (fromX == toX) {
            int side = fromX + EDGE;
            int out = side + 12;
            return "M" + side + " " + fromY + "C" + out + " " + fromY + " " + out + " " + toY + " " + side + " " + toY;
        }
        int direction = fromX < toX ? 1 : -1;
        int start = fromX + direction * EDGE;
        int end = toX - direction * EDGE;
        int bend = (start + end) / 2;
        return "M" + start + " " + fromY + "C" + bend + " " + fromY + " " + bend + " " + toY + " " + end + " " + toY;
    }

    private int row(StepRef step) {
        List<StepRun> steps = run.steps();
        for (int i = 0; i < steps.size(); i++) {
            StepRef candidate = steps.get(i).step();
            if (!steps.get(i).repeated()
                    && candidate.step() == step.step()
                    && candidate.scenario().equals(step.scenario())) {
                return i;
            }
        }
        return -1;
    }
}
