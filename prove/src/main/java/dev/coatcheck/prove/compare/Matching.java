package dev.coatcheck.prove.compare;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Holds what a run has against what it has to have, and notes where they differ. */
final class Matching {
    private static final int MOST = 20;
    private static final int SHOWN_OF_SECRET = 4;

    private final Names names;
    private final List<Mismatch> found = new ArrayList<>();

    /** A place, and in words what is there; empty where nothing is. */
    record Mismatch(String place, Optional<String> control, Optional<String> fleet) {}

    private Matching(Names names) {
        this.names = names;
    }

    /** Where the tree differs from the norm; at most twenty places. */
    static List<Mismatch> mismatches(Norm norm, JsonNode tree, Names names) {
        Matching matching = new Matching(names);
        matching.match("$", norm, tree);
        return matching.found;
    }

    private void match(String place, Norm norm, JsonNode node) {
        if (found.size() >= MOST) {
            return;
        }
        switch (norm) {
            case Norm.Exact(JsonNode value) -> {
                if (!value.equals(node)) {
                    differ(place, words(place, value), words(place, node));
                }
            }
            case Norm.Named(String renamed) -> {
                if (!node.isValueNode() || !names.rename(Trees.text(node)).equals(renamed)) {
                    differ(place, shown(place, renamed), words(place, node));
                }
            }
            case Carried carried -> carried.wrong(place, node, names).ifPresent(wrong -> differ(place, wrong, node));
            case Norm.Partly(Phrase phrase) -> {
                if (!node.isString() || !phrase.fits(node.stringValue(), names)) {
                    differ(place, expected(place, norm), words(place, node));
                }
            }
            case Norm.Varying varying -> match(place, varying, node);
            case Norm.Fields(Map<String, Norm> always, List<Norm> sometimes) -> {
                if (node.isObject()) {
                    fields(place, always, sometimes, node);
                } else {
                    differ(place, "an object", words(place, node));
                }
            }
            case Norm.Elements elements -> {
                if (node.isArray()) {
                    elements(place, elements, node);
                } else {
                    differ(place, "a list", words(place, node));
                }
            }
            case Norm.Several several -> {
                if (node.isArray()) {
                    several(place, several, node);
                } else {
                    differ(place, "a list", words(place, node));
                }
            }
        }
    }

    private void match(String place, Norm.Varying varying, JsonNode node) {
        boolean fits = varying.types().contains(node.getNodeType())
                && (!Trees.hasShape(node) || varying.shape().fits(Trees.text(node)));
        if (!fits) {
            differ(place, varying.shape().toString(), words(place, node));
        }
    }

    private void fields(String place, Map<String, Norm> always, List<Norm> sometimes, JsonNode node) {
        always.forEach((name, norm) -> {
            JsonNode value = node.get(name);
            String at = Trees.field(place, name);
            if (value != null) {
                match(at, norm, value);
            } else {
                differ(at, expected(at, norm), "");
            }
        });
        node.forEachEntry((name, value) -> {
            String at = Trees.field(place, name);
            if (always.containsKey(name)) {
                return;
            }
            if (sometimes.isEmpty()) {
                differ(at, "", words(at, value));
            } else {
                match(at, sometimes.getFirst(), value);
            }
        });
    }

    private void elements(String place, Norm.Elements norm, JsonNode node) {
        if (!contains(place, norm.common(), node)) {
            return;
        }
        List<JsonNode> elements = Trees.sorted(node, norm.sortedBy(), names);
        int same = Math.min(norm.inOrder().size(), elements.size());
        boolean sameSize = norm.inOrder().size() == elements.size();
        int before = found.size();
        for (int i = 0; i < same && (sameSize || found.size() == before); i++) {
            match(place + "[" + i + "]", norm.inOrder().get(i), elements.get(i));
        }
        if (!sameSize && found.size() > before) {
            // What follows the first difference is only shifted: the length says the rest.
            found.subList(before + 1, found.size()).clear();
        }
        if (norm.inOrder().size() > same) {
            differ(place + "[" + same + "]", expected(place, norm.inOrder().get(same)), "");
        } else if (elements.size() > same) {
            differ(place + "[" + same + "]", "", words(place, elements.get(same)));
        }
    }

    private void several(String place, Norm.Several norm, JsonNode node) {
        if (node.isEmpty() && !norm.canBeEmpty()) {
            differ(place, "a list that is never empty", "an empty list");
            return;
        }
        if (!contains(place, norm.common(), node)) {
            return;
        }
        for (int i = 0; i < node.size(); i++) {
            if (!norm.common().contains(names.rename(Trees.text(node.get(i))))) {
                match(place + "[" + i + "]", norm.any(), node.get(i));
            }
        }
    }

    private boolean contains(String place, List<String> common, JsonNode node) {
        Map<String, Integer> missing = new HashMap<>();
        common.forEach(element -> missing.merge(element, 1, Integer::sum));
        Trees.counted(node, names).forEach((element, count) -> missing.merge(element, -count, Integer::sum));
        for (String element : common) {
            if (missing.getOrDefault(element, 0) > 0) {
                differ(place + "[*]", shown(place, element), "");
                return false;
            }
        }
        return true;
    }

    private static String expected(String place, Norm norm) {
        return switch (norm) {
            case Norm.Exact(JsonNode value) -> words(place, value);
            case Norm.Named(String renamed) -> shown(place, renamed);
            case Carried carried -> Shown.of(carried.expected());
            case Norm.Partly(Phrase phrase) -> shown(place, phrase.example());
            case Norm.Varying varying -> varying.shape().toString();
            case Norm.Fields fields -> "an object";
            case Norm.Elements elements -> "a list of " + elements.inOrder().size();
            case Norm.Several several -> "a list";
        };
    }

    private void differ(String place, Carried.Wrong wrong, JsonNode node) {
        String whose = wrong.taken().map(name -> " (" + name + ")").orElse("");
        differ(place, Shown.of(wrong.expected()), words(place, node) + whose);
    }

    private void differ(String place, String control, String fleet) {
        found.add(new Mismatch(
                place,
                Optional.of(control).filter(words -> !words.isEmpty()),
                Optional.of(fleet).filter(words -> !words.isEmpty())));
    }

    /** A value as a message shows it; of a secret its beginning alone. */
    private static String words(String place, JsonNode node) {
        if (node.isObject()) {
            return "an object";
        }
        if (node.isArray()) {
            return "a list of " + node.size();
        }
        String text = Trees.text(node);
        return node.isString() || isSecret(place, text) ? shown(place, text) : text;
    }

    private static String shown(String place, String text) {
        return Shown.of(
                isSecret(place, text) ? text.substring(0, Math.min(SHOWN_OF_SECRET, text.length() / 2)) + "…" : text);
    }

    /** A name that stands for a value tells nothing of it. */
    private static boolean isSecret(String place, String text) {
        return !text.isEmpty() && text.indexOf(Names.BEGIN) < 0 && SecretNames.givesAccess(place);
    }
}
