package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.compare.Carried.Place;
import dev.coatcheck.prove.compare.Ids.GivenId;
import dev.coatcheck.prove.compare.Learning.Sample;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Where the id at one place came from, as the runs of the control tell it: it was given out there, or before, or it is no id
 * that was ever given out. Small numbers are everywhere, so that the first user, the first note and the first product of the
 * catalogue are all 1: where the words of place and request do not say whose id it is, any that fits is right.
 */
record Origin(String at, Set<String> words, List<Sample> samples, List<String> values) {

    /** What has to be there; empty where it is no id. */
    Optional<Place> place() {
        Set<GivenId> known = known();
        boolean created = isOwn() && all(Ids::isPost) && isNew() && (!any(Ids::isAskedFor) || all(Ids::isCreated));
        Set<GivenId> here = new LinkedHashSet<>(known);
        here.removeIf(id -> id.step() != ids(0).step() || id.of().stream().noneMatch(of()::contains));
        if (created && here.isEmpty()) {
            return Optional.of(place(known, true, true, false));
        }
        if (known.isEmpty()) {
            return isFirstSeen() ? Optional.of(place(known, true, true, false)) : Optional.empty();
        }
        Set<GivenId> related = related(known, of());
        if (related.isEmpty() && all(Ids::isSubject)) {
            Set<GivenId> ofRequest = related(known, subject());
            related = ofRequest.isEmpty() ? known : ofRequest;
        }
        if (!related.isEmpty()) {
            return Optional.of(place(related, false, false, false));
        }
        boolean earlier = known.stream().anyMatch(id -> id.step() != ids(0).step());
        boolean asked = any(Ids::isAskedFor);
        return Optional.of(
                earlier || asked || !isNew() ? place(known, false, false, true) : place(known, false, true, true));
    }

    private static Set<GivenId> related(Set<GivenId> ids, Set<String> words) {
        Set<GivenId> related = new LinkedHashSet<>(ids);
        related.removeIf(id -> id.of().stream().noneMatch(words::contains));
        return related;
    }

    private Place place(Set<GivenId> given, boolean givenHere, boolean fresh, boolean constant) {
        Set<String> names = new LinkedHashSet<>();
        given.forEach(id -> names.add(id.name()));
        boolean same = values.stream().distinct().count() == 1;
        return new Place(
                name(),
                kind(),
                of(),
                givenHere,
                names,
                fresh ? Optional.of(IdShape.of(values)) : Optional.empty(),
                constant && same ? Optional.of(values.getFirst()) : Optional.empty());
    }

    /** The ids given out so far that are the same as the value, in every run. */
    private Set<GivenId> known() {
        Set<GivenId> known = new LinkedHashSet<>(ids(0).of(values.getFirst()));
        known.removeIf(id ->
                !all((ids, value) -> ids.value(id.name()).filter(value::equals).isPresent()));
        return known;
    }

    /** A number that nobody has sent or seen before. One that varies may as well be that of the instance which answers. */
    private boolean isFirstSeen() {
        boolean same = values.stream().distinct().count() == 1;
        return isNew() && same && IdShape.of(values).isCounted() && !any(Ids::isAskedFor) && !any(Ids::wasSaid);
    }

    private boolean isNew() {
        return all((ids, value) -> ids.taken(kind(), value, "").isEmpty());
    }

    /** Whether it is the id of what the request is about: {@code $.id}, and neither {@code $.owner.id} nor {@code ownerId}. */
    private boolean isOwn() {
        boolean location = at.equals("$.headers.location");
        return location || (!at.startsWith("$.lines") && subject().containsAll(words));
    }

    /** What the request is about: the last noun of its path. */
    private Set<String> subject() {
        String title = ids(0).title();
        Set<String> nouns = IdPlaces.nouns(title.substring(title.indexOf(' ') + 1));
        return nouns.isEmpty() ? nouns : Set.of(List.copyOf(nouns).getLast());
    }

    private Set<String> of() {
        return words.isEmpty() ? subject() : words;
    }

    private String kind() {
        return ids(0).title() + " " + at.replaceAll("\\[\\d+]", "") + " " + words;
    }

    private String name() {
        Set<String> captured = new LinkedHashSet<>(ids(0).captured(values.getFirst()));
        captured.removeIf(name ->
                ids(0).has(name) || !all((ids, value) -> ids.captured(value).contains(name)));
        if (!captured.isEmpty()) {
            return captured.iterator().next();
        }
        int step = ids(0).step();
        String name = isOwn() ? "the id of step " + step : at + " of step " + step;
        for (int number = 2; ids(0).has(name); number++) {
            name = at + " of step " + step + " #" + number;
        }
        return name;
    }

    private Ids ids(int run) {
        return samples.get(run).names().ids();
    }

    private boolean all(Predicate<Ids> test) {
        return all((ids, value) -> test.test(ids));
    }

    private boolean all(BiPredicate<Ids, String> test) {
        return IntStream.range(0, values.size()).allMatch(run -> test.test(ids(run), values.get(run)));
    }

    private boolean any(BiPredicate<Ids, String> test) {
        return !all(test.negate());
    }
}
