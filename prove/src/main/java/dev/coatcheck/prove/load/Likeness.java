package dev.coatcheck.prove.load;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.play.Exchange;
import java.util.List;

/** How like the control's an answer is, from nothing to everything. */
enum Likeness {
    /** There was none, or an error of the application or the router. */
    NONE,
    /** There was an answer of another status: where it happens to all, one to who was a stranger, or had been there before. */
    ANSWERED,
    /** The same status; something else varies when several users come at once. */
    STATUS,
    WHOLE;

    private static final int FIRST_ERROR = 500;

    static Likeness of(Exchange exchange, List<Difference> differences) {
        if (differences.isEmpty()) {
            return WHOLE;
        }
        if (differences.stream().noneMatch(each -> each.part() == Part.STATUS || each.part() == Part.ANSWER)) {
            return STATUS;
        }
        return exchange.response()
                        .filter(response -> response.status() < FIRST_ERROR)
                        .isPresent()
                ? ANSWERED
                : NONE;
    }

    /** What there was to see in place of the control's answer. */
    static String inWords(List<Difference> differences) {
        Difference telling = Difference.mostTelling(differences);
        return telling.part() == Part.ANSWER
                ? telling.fleet().orElse("no answer")
                : telling.inWords("as a rule", "this time");
    }

    Likeness lesser(Likeness other) {
        return isLess(other) ? this : other;
    }

    boolean isLess(Likeness other) {
        return compareTo(other) < 0;
    }
}
