package dev.coatcheck.prove.report;

import dev.coatcheck.prove.report.LaneLayout.Life;
import java.util.Optional;

/**
 * The lives of processes, their kills, and the arrow of a leak: what lies behind the answers of a picture. It is stretched to
 * the lanes and rows, which are narrower on a small screen.
 */
final class HtmlLanes {
    /** From the middle of an answer's box to its edge. */
    private static final int EDGE = 30;

    private final RunRecord run;
    private final LaneLayout lanes;
    private final Html html;

    /**
     * An arrow from an answer to what it has an effect on.
     *
     * @param from the index of the step that was answered
     * @param to the index of the step in whose row it ends
     * @param lane of which instance the lane is that it ends in
     * @param tone {@code kept} or {@code missed}
     */
    record Arrow(int from, int to, String lane, String tone) {}

    HtmlLanes(RunRecord run, LaneLayout lanes, Html html) {
        this.run = run;
        this.lanes = lanes;
        this.html = html;
    }

    void write(Optional<Arrow> arrow) {
        html.raw("\n<svg class=\"lives\" aria-hidden=\"true\" preserveAspectRatio=\"none\" viewBox=\"0 0 "
                + lanes.width() + " " + lanes.height() + "\">");
        lanes.lives().forEach(this::life);
        arrow.ifPresent(this::arrow);
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

    private void arrow(Arrow arrow) {
        int fromX = LaneLayout.middle(lanes.lane(run.steps().get(arrow.from()).instance()));
        int toX = LaneLayout.middle(lanes.lane(arrow.lane()));
        html.raw("<path class=\"arrow " + arrow.tone() + "\" marker-end=\"url(#head-" + arrow.tone() + ")\" d=\""
                + path(fromX, lanes.row(arrow.from()), toX, lanes.row(arrow.to())) + "\"/>");
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
}
