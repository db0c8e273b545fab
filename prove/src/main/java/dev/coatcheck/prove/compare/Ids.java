package dev.coatcheck.prove.compare;

import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.SentRequest;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The ids that one run has given out so far, by their names, and what the step is that is looked at. For one thread. */
final class Ids {
    private static final Pattern IN_BODY = Pattern.compile(
            "(?:\"(?:id|\\w*_id|\\w*[a-z]Id)\"\\s*:\\s*\"?|(?:^|[?&])(?:id|\\w*_id|\\w*[a-z]Id)=)([\\w.~:-]+)");
    /** As long as this, a value that was sent is no accident, wherever it stood. */
    private static final int TELLING = 4;

    private final Map<String, GivenId> byName = new LinkedHashMap<>();
    private final Set<String> said = new HashSet<>();
    private Optional<Exchange> current = Optional.empty();
    private Optional<SentRequest> request = Optional.empty();

    /**
     * An id that was given out.
     *
     * @param kind of one kind are those that the same request gave at the same place: no two of them are the same
     * @param of what it is the id of, in the words of the request and of the place
     */
    record GivenId(String name, String value, String kind, Set<String> of, int step) {}

    /** Goes on to the next step. */
    void begin(Exchange exchange) {
        request.ifPresent(earlier -> said.addAll(sent(earlier)));
        current = Optional.of(exchange);
        request = exchange.outcome() instanceof Outcome.Answered(SentRequest sent, var response)
                ? Optional.of(sent)
                : Optional.empty();
    }

    void add(GivenId id) {
        byName.put(id.name(), id);
    }

    /** Asks something, and forgets the ids that are given out on the way. */
    boolean forgetting(BooleanSupplier question) {
        Map<String, GivenId> before = new LinkedHashMap<>(byName);
        try {
            return question.getAsBoolean();
        } finally {
            byName.clear();
            byName.putAll(before);
        }
    }

    Optional<String> value(String name) {
        return Optional.ofNullable(byName.get(name)).map(GivenId::value);
    }

    boolean has(String name) {
        return byName.containsKey(name);
    }

    /** All that have this value. */
    Set<GivenId> of(String value) {
        Set<GivenId> ids = new LinkedHashSet<>();
        byName.values().stream().filter(id -> id.value().equals(value)).forEach(ids::add);
        return ids;
    }

    /** The other id of the kind that has this value already. */
    Optional<GivenId> taken(String kind, String value, String name) {
        return of(value).stream()
                .filter(id -> id.kind().equals(kind) && !id.name().equals(name))
                .findFirst();
    }

    /** What the scenario calls a value that this step has captured. */
    Set<String> captured(String value) {
        Set<String> names = new LinkedHashSet<>();
        current.ifPresent(exchange -> exchange.values().forEach((name, captured) -> {
            if (captured.equals(value)) {
                names.add(name);
            }
        }));
        return names;
    }

    /** Whether this step has sent the value, where it sends ids. */
    boolean isAskedFor(String value) {
        return request.filter(sent -> sent(sent).contains(value)
                        || (value.length() >= TELLING
                                && (sent.body().contains(value) || sent.target().contains(value))))
                .isPresent();
    }

    /** Whether this step asks for just this: {@code GET /notes/7}, and not {@code GET /users/7/notes}. */
    boolean isSubject(String value) {
        return request.filter(sent -> sent.target().split("[?#]", 2)[0].endsWith("/" + value)
                        || sent.target().endsWith("=" + value)
                        || (value.length() >= TELLING && isAskedFor(value)))
                .isPresent();
    }

    /** Whether an earlier step has sent the value. */
    boolean wasSaid(String value) {
        return said.contains(value);
    }

    boolean isPost() {
        return request.filter(sent -> sent.method().equals("POST")).isPresent();
    }

    /** Whether the status says that something new came to be. */
    boolean isCreated() {
        return current.flatMap(Exchange::response)
                .filter(response -> response.status() == 201)
                .isPresent();
    }

    int step() {
        return current.map(exchange -> exchange.step().number()).orElse(0);
    }

    String title() {
        return current.map(exchange -> exchange.step().title()).orElse("");
    }

    private static Set<String> sent(SentRequest request) {
        Set<String> values = new HashSet<>(List.of(request.target().split("[/?&=#]")));
        Matcher matcher = IN_BODY.matcher(request.body());
        while (matcher.find()) {
            values.add(matcher.group(1));
        }
        return values;
    }
}
