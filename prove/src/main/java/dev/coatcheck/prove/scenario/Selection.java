package dev.coatcheck.prove.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** Which value of a response is meant: a part of it, then what is made of that part, in order. */
public record Selection(Query query, List<Filter> filters) {
    public Selection {
        filters = List.copyOf(filters);
    }

    public static Selection of(Query query, Filter... filters) {
        return new Selection(query, List.of(filters));
    }

    /** As it is written in a scenario. */
    @Override
    public String toString() {
        return query + filters.stream().map(filter -> " " + filter).collect(Collectors.joining());
    }
}
