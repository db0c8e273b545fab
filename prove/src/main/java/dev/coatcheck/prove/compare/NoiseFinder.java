package dev.coatcheck.prove.compare;

import java.util.ArrayList;
import java.util.List;

/** Tells what varies in a norm. */
final class NoiseFinder {
    private static final String STATUS = Trees.field("$", ResponseTree.STATUS);

    private final int step;
    private final List<Noise> found = new ArrayList<>();

    private NoiseFinder(int step) {
        this.step = step;
    }

    /** @param endsAtTimes whether it is a stream of which more or less has come by chance: no body of another kind is in that */
    static List<Noise> in(int step, Norm norm, boolean endsAtTimes) {
        NoiseFinder finder = new NoiseFinder(step);
        finder.visit("$", norm);
        return endsAtTimes
                ? finder.found.stream()
                        .map(noise -> noise.place().equals(STATUS) ? noise : noise.ofValue())
                        .toList()
                : finder.found;
    }

    private void visit(String place, Norm norm) {
        switch (norm) {
            case Norm.Exact exact -> {}
            case Norm.Named(String renamed) -> add(place, "always " + Shown.of(renamed));
            case Carried carried -> {
                if (carried.varied()) {
                    add(place, "always " + Shown.of(carried.expected()));
                }
            }
            case Norm.Partly(Phrase phrase) -> add(place, phrase.toString());
            case Norm.Varying varying -> {
                boolean ofKind = varying.types().size() > 1 || place.equals(STATUS);
                found.add(new Noise(step, place, varying.shape().toString(), ofKind));
            }
            case Norm.Fields fields -> {
                fields.always().forEach((name, field) -> visit(Trees.field(place, name), field));
                if (!fields.sometimes().isEmpty()) {
                    found.add(new Noise(step, place, "not always the same fields", true));
                }
            }
            case Norm.Elements elements -> {
                if (!elements.sortedBy().isEmpty()) {
                    add(place, "in varying order");
                }
                for (int i = 0; i < elements.inOrder().size(); i++) {
                    visit(place + "[" + i + "]", elements.inOrder().get(i));
                }
            }
            case Norm.Several several -> found.add(new Noise(step, place, "of varying length", several.canBeEmpty()));
        }
    }

    private void add(String place, String how) {
        found.add(new Noise(step, place, how, false));
    }
}
