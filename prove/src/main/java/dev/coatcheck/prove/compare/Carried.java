package dev.coatcheck.prove.compare;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.coatcheck.prove.compare.IdPlaces.Slot;
import dev.coatcheck.prove.compare.Ids.GivenId;
import dev.coatcheck.prove.compare.Learning.Sample;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;

/**
 * A value in which ids stand: whole, as in {@code {"id": 7}}, or between other text, as in {@code /notes/7/edit}. Which number
 * an id is says nothing, since a clean application may hand them out in blocks; that it is new, or the one that was given out
 * before, says all.
 *
 * @param number whether it is a number, and no text
 * @param varied whether it was another one in some run of the control
 */
record Carried(List<Piece> pieces, boolean number, boolean varied) implements Norm {

    sealed interface Piece {}

    /** @param renamed whether it is the same only once values are called by their names */
    record Fixed(String text, boolean renamed) implements Piece {}

    /**
     * An id.
     *
     * @param name what it is called from here on, if it is given out here
     * @param kind what it is one of; two of a kind are never the same
     * @param of what it is the id of, in words
     * @param givenHere whether it is known from here on
     * @param given the names of those given out before that it always was
     * @param fresh what it may be like, if it may be one of its kind that is not known yet
     * @param constant what else it may be: a number that only happens to be that of something known
     */
    record Place(
            String name,
            String kind,
            Set<String> of,
            boolean givenHere,
            Set<String> given,
            Optional<IdShape> fresh,
            Optional<String> constant)
            implements Piece {
        Place {
            of = Set.copyOf(of);
            given = new LinkedHashSet<>(given);
        }
    }

    Carried {
        pieces = List.copyOf(pieces);
    }

    /** What the samples of one place, one of each run, have in common; empty where no id is in them. */
    static Optional<Norm> of(String place, List<Sample> samples) {
        boolean number = samples.stream().allMatch(sample -> sample.node().isIntegralNumber());
        if (!number && !samples.stream().allMatch(sample -> sample.node().isString())) {
            return Optional.empty();
        }
        List<List<Slot>> slots = slots(place, samples);
        int count = slots.getFirst().size();
        if (count == 0 || slots.stream().anyMatch(found -> found.size() != count)) {
            return Optional.empty();
        }
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i <= count; i++) {
            int index = i;
            List<String> between = IntStream.range(0, samples.size())
                    .mapToObj(run -> between(samples.get(run).text(), slots.get(run), index))
                    .toList();
            columns.add(new Column(samples, between, Optional.empty()));
            if (i < count) {
                List<String> values = IntStream.range(0, samples.size())
                        .mapToObj(run ->
                                slots.get(run).get(index).value(samples.get(run).text()))
                        .toList();
                Origin origin = new Origin(place, words(slots, i), samples, values);
                columns.add(new Column(samples, values, Optional.of(origin)));
            }
        }
        boolean known = columns.stream()
                .allMatch(column -> column.fixed().isPresent() || column.id().isPresent());
        if (!known || columns.stream().allMatch(column -> column.id().isEmpty())) {
            return Optional.empty();
        }
        List<Piece> pieces = new ArrayList<>();
        for (Column column : columns) {
            // Asked again, as an id may come twice in one text: what is given out first is known where it is repeated.
            Optional<Place> id = column.id();
            id.ifPresent(found -> column.give(found));
            pieces.add(id.<Piece>map(found -> found).or(column::fixed).orElseThrow());
        }
        boolean varied = samples.stream().map(Sample::text).distinct().count() > 1;
        return Optional.of(new Carried(pieces, number, varied));
    }

    /** In each sample; where one has fewer than another, those that stand where that other one has its own. */
    private static List<List<Slot>> slots(String place, List<Sample> samples) {
        List<List<Slot>> slots = samples.stream()
                .map(sample -> IdPlaces.in(place, sample.text()))
                .toList();
        int most = slots.stream().mapToInt(List::size).max().orElse(0);
        int model = IntStream.range(0, slots.size())
                .filter(run -> slots.get(run).size() == most)
                .findFirst()
                .orElse(0);
        List<Optional<String>> around = IntStream.rangeClosed(0, most)
                .mapToObj(i -> Optional.of(between(samples.get(model).text(), slots.get(model), i)))
                .toList();
        return IntStream.range(0, slots.size())
                .mapToObj(run -> slots.get(run).size() == most
                        ? slots.get(run)
                        : inside(around, samples.get(run).text()))
                .toList();
    }

    private static Set<String> words(List<List<Slot>> slots, int index) {
        return slots.stream()
                .map(found -> found.get(index).words())
                .filter(words -> !words.isEmpty())
                .findFirst()
                .orElse(Set.of());
    }

    /**
     * Ids by what stands around them: one that is random may have no digit, and looks like any other word of a path.
     *
     * @param around before, between and after them; empty where it may be anything
     */
    private static List<Slot> inside(List<Optional<String>> around, String text) {
        String expression = around.stream()
                .map(fixed -> fixed.map(Pattern::quote).orElse(".*?"))
                .collect(Collectors.joining("([A-Za-z0-9_-]+)", "(?s)", ""));
        Matcher matcher = Pattern.compile(expression).matcher(text);
        if (!matcher.matches()) {
            return List.of();
        }
        return IntStream.rangeClosed(1, matcher.groupCount())
                .mapToObj(group -> new Slot(matcher.start(group), matcher.end(group), Set.of()))
                .toList();
    }

    private static String between(String text, List<Slot> slots, int index) {
        int from = index == 0 ? 0 : slots.get(index - 1).end();
        return text.substring(
                from, index == slots.size() ? text.length() : slots.get(index).start());
    }

    /** What each run has in one piece of the value. */
    private record Column(List<Sample> samples, List<String> values, Optional<Origin> origin) {
        Optional<Place> id() {
            return origin.flatMap(Origin::place);
        }

        Optional<Fixed> fixed() {
            if (values.stream().distinct().count() == 1) {
                return Optional.of(new Fixed(values.getFirst(), false));
            }
            List<String> renamed = IntStream.range(0, values.size())
                    .mapToObj(run -> samples.get(run).names().rename(values.get(run)))
                    .distinct()
                    .toList();
            return renamed.size() == 1 ? Optional.of(new Fixed(renamed.getFirst(), true)) : Optional.empty();
        }

        void give(Place place) {
            for (int run = 0; run < values.size(); run++) {
                Carried.give(place, values.get(run), samples.get(run).names().ids());
            }
        }
    }

    private static void give(Place place, String value, Ids ids) {
        if (place.givenHere()) {
            ids.add(new GivenId(place.name(), value, place.kind(), place.of(), ids.step()));
        }
    }

    /** What is wrong with a value that has to be like this; empty where nothing is. */
    Optional<Wrong> wrong(String place, JsonNode node, Names names) {
        if (number != node.isIntegralNumber() || !(node.isIntegralNumber() || node.isString())) {
            return Optional.of(new Wrong(expected(), Optional.empty()));
        }
        String text = Trees.text(node);
        List<Slot> slots = IdPlaces.in(place, text);
        if (slots.size() != pieces.size() / 2) {
            slots = inside(around(), text);
        }
        if (slots.isEmpty()) {
            return Optional.of(new Wrong(expected(), Optional.empty()));
        }
        for (int i = 0; i < pieces.size(); i++) {
            String value = i % 2 == 1 ? slots.get(i / 2).value(text) : between(text, slots, i / 2);
            switch (pieces.get(i)) {
                case Fixed(String fixed, boolean renamed) -> {
                    if (!(renamed ? names.rename(value) : value).equals(fixed)) {
                        return Optional.of(new Wrong(expected(), Optional.empty()));
                    }
                }
                case Place id -> {
                    Optional<Wrong> wrong = wrong(id, value, names.ids());
                    if (wrong.isPresent()) {
                        return wrong;
                    }
                    give(id, value, names.ids());
                }
            }
        }
        return Optional.empty();
    }

    /** What stands around its ids, where that is the same in every run. */
    private List<Optional<String>> around() {
        return IntStream.rangeClosed(0, pieces.size() / 2)
                .mapToObj(i -> pieces.get(2 * i) instanceof Fixed(String text, boolean renamed) && !renamed
                        ? Optional.of(text)
                        : Optional.<String>empty())
                .toList();
    }

    /**
     * A difference in words.
     *
     * @param taken whose id it is, where it should have been a new one, or another's
     */
    record Wrong(String expected, Optional<String> taken) {}

    private Optional<Wrong> wrong(Place id, String value, Ids ids) {
        boolean isGiven = id.given().stream()
                .anyMatch(name -> ids.value(name).filter(value::equals).isPresent());
        // What was given out in a conversation that is not this one is not known here.
        boolean unknown = id.fresh().isEmpty() && id.given().stream().noneMatch(ids::has);
        boolean isConstant = id.constant().filter(value::equals).isPresent();
        if (isGiven || unknown || isConstant) {
            return Optional.empty();
        }
        Optional<GivenId> taken = ids.taken(id.kind(), value, id.name());
        if (id.fresh().filter(shape -> shape.fits(value)).isPresent() && taken.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Wrong(
                expected(),
                taken.or(() -> ids.of(value).stream()
                                .filter(other -> other.of().stream().anyMatch(id.of()::contains))
                                .findFirst())
                        .map(GivenId::name)));
    }

    /** As {@code /notes/‹the id of step 2›}. */
    String expected() {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece) {
                case Fixed(String fixed, boolean renamed) -> text.append(fixed);
                case Place id ->
                    text.append(Names.BEGIN)
                            .append(
                                    id.fresh().isPresent()
                                            ? "a new id"
                                            : id.given().iterator().next())
                            .append(Names.END);
            }
        }
        return text.toString();
    }
}
