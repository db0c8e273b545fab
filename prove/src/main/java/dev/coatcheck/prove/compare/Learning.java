package dev.coatcheck.prove.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeType;

/** Learns from what several runs have at one place what another run has to have there. */
final class Learning {
    /** Stands for the place of samples that are not one of each run, and not each at the same place. */
    private static final String ANYWHERE = "";

    private Learning() {}

    /** What one run has at a place, and what its values are called. */
    record Sample(JsonNode node, Names names) {
        String text() {
            return Trees.text(node);
        }

        String renamed() {
            return names.rename(text());
        }
    }

    /** Learns from what each run has at one place. */
    static Norm norm(String place, List<Sample> samples) {
        if (samples.stream().allMatch(sample -> sample.node().isObject())) {
            return fields(place, samples);
        }
        if (samples.stream().allMatch(sample -> sample.node().isArray())) {
            return elements(place, samples);
        }
        return scalar(place, samples);
    }

    private static Norm scalar(String place, List<Sample> samples) {
        Optional<Norm> carried = place.equals(ANYWHERE) ? Optional.empty() : Carried.of(place, samples);
        if (carried.isPresent()) {
            return carried.get();
        }
        Sample first = samples.getFirst();
        boolean timeless = !(first.node().isString() && Phrase.tellsMinute(first.text()));
        if (timeless && samples.stream().allMatch(sample -> sample.node().equals(first.node()))) {
            return new Norm.Exact(first.node());
        }
        if (timeless && samples.stream().map(Sample::renamed).distinct().count() == 1) {
            return new Norm.Named(first.renamed());
        }
        Set<JsonNodeType> types = EnumSet.noneOf(JsonNodeType.class);
        samples.forEach(sample -> types.add(sample.node().getNodeType()));
        List<String> texts = samples.stream().map(Sample::text).toList();
        if (types.equals(Set.of(JsonNodeType.STRING))) {
            Shape shape = Shape.of(texts);
            if (shape.form() == Shape.Form.FREE) {
                return new Norm.Partly(
                        Phrase.of(texts, samples.stream().map(Sample::names).toList()));
            }
        }
        List<String> shaped = samples.stream()
                .filter(sample -> Trees.hasShape(sample.node()))
                .map(Sample::text)
                .toList();
        return new Norm.Varying(types, Shape.of(shaped));
    }

    private static Norm fields(String place, List<Sample> samples) {
        Map<String, Norm> always = new LinkedHashMap<>();
        Set<String> names = new LinkedHashSet<>();
        samples.forEach(sample -> names.addAll(sample.node().propertyNames()));
        List<Sample> sometimes = new ArrayList<>();
        for (String name : names) {
            List<Sample> values = new ArrayList<>();
            for (Sample sample : samples) {
                JsonNode value = sample.node().get(name);
                if (value != null) {
                    values.add(new Sample(value, sample.names()));
                }
            }
            if (values.size() == samples.size()) {
                always.put(name, norm(inside(place, name), values));
            } else {
                sometimes.addAll(values);
            }
        }
        return new Norm.Fields(always, sometimes.isEmpty() ? List.of() : List.of(norm(ANYWHERE, sometimes)));
    }

    private static String inside(String place, String name) {
        return place.equals(ANYWHERE) ? ANYWHERE : Trees.field(place, name);
    }

    private static Norm elements(String place, List<Sample> samples) {
        int size = samples.getFirst().node().size();
        if (samples.stream().anyMatch(sample -> sample.node().size() != size)) {
            return several(samples);
        }
        List<String> sortedBy = order(samples);
        List<List<Sample>> sorted = new ArrayList<>();
        for (Sample sample : samples) {
            List<Sample> elements = new ArrayList<>();
            Trees.sorted(sample.node(), sortedBy, sample.names())
                    .forEach(element -> elements.add(new Sample(element, sample.names())));
            sorted.add(elements);
        }
        List<Norm> norms = new ArrayList<>();
        Map<String, Integer> elsewhere = new HashMap<>();
        common(samples).forEach(element -> elsewhere.merge(element, 1, Integer::sum));
        for (int i = 0; i < size; i++) {
            int index = i;
            List<Sample> column = sorted.stream().map(run -> run.get(index)).toList();
            norms.add(norm(place.equals(ANYWHERE) ? ANYWHERE : place + "[" + i + "]", column));
            if (column.stream().map(Sample::renamed).distinct().count() == 1) {
                elsewhere.merge(column.getFirst().renamed(), -1, Integer::sum);
            }
        }
        List<String> common = new ArrayList<>();
        elsewhere.forEach((element, count) -> common.addAll(Collections.nCopies(Math.max(0, count), element)));
        return new Norm.Elements(norms, sortedBy, common);
    }

    private static Norm several(List<Sample> samples) {
        List<String> common = common(samples);
        List<Sample> all = new ArrayList<>();
        for (Sample sample : samples) {
            sample.node().values().forEach(element -> all.add(new Sample(element, sample.names())));
        }
        List<Sample> others = all.stream()
                .filter(element -> !common.contains(element.renamed()))
                .toList();
        return new Norm.Several(
                common,
                norm(ANYWHERE, others.isEmpty() ? all : others),
                samples.stream().anyMatch(sample -> sample.node().isEmpty()));
    }

    /** The elements that every run has, as often as every run has them. */
    private static List<String> common(List<Sample> samples) {
        Map<String, Integer> least =
                Trees.counted(samples.getFirst().node(), samples.getFirst().names());
        for (Sample sample : samples) {
            Map<String, Integer> counted = Trees.counted(sample.node(), sample.names());
            least.replaceAll((element, count) -> Math.min(count, counted.getOrDefault(element, 0)));
        }
        List<String> common = new ArrayList<>();
        least.forEach((element, count) -> common.addAll(Collections.nCopies(count, element)));
        return common;
    }

    /**
     * Where lists hold the same elements in varying order: the places inside the elements whose values are the same in every
     * run, taken as a bag, and tell the elements apart. Empty where the order is the same, or the elements are not.
     */
    private static List<String> order(List<Sample> samples) {
        Map<String, List<String>> bags = bags(samples.getFirst());
        Set<String> places = new LinkedHashSet<>(bags.keySet());
        for (Sample sample : samples) {
            Map<String, List<String>> others = bags(sample);
            places.removeIf(place -> !Objects.equals(bags.get(place), others.get(place)));
        }
        List<String> sortedBy = places.stream().sorted().toList();
        List<List<List<String>>> keys = samples.stream()
                .map(sample -> Trees.keys(sample.node(), sortedBy, sample.names()))
                .toList();
        boolean sameOrder = keys.stream().distinct().count() == 1;
        boolean sameElements = keys.stream()
                        .map(run -> run.stream().sorted(Trees.BY_KEY).toList())
                        .distinct()
                        .count()
                == 1;
        return sameElements && !sameOrder ? sortedBy : List.of();
    }

    private static Map<String, List<String>> bags(Sample sample) {
        Map<String, List<String>> bags = new TreeMap<>();
        for (JsonNode element : sample.node().values()) {
            Trees.leaves(element, sample.names())
                    .forEach((place, value) ->
                            bags.computeIfAbsent(place, p -> new ArrayList<>()).add(value));
        }
        bags.values().forEach(Collections::sort);
        return bags;
    }
}
