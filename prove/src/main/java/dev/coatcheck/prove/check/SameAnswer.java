package dev.coatcheck.prove.check;

import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Response;
import java.util.Optional;

/** Whether two requests got the same answer, to the letter. */
final class SameAnswer {
    private SameAnswer() {}

    static boolean are(Optional<Exchange> one, Optional<Exchange> other) {
        Optional<Response> first = one.flatMap(Exchange::response);
        Optional<Response> second = other.flatMap(Exchange::response);
        return first.isPresent()
                && second.isPresent()
                && Answer.of(one.get()).equals(Answer.of(other.get()))
                && first.get().text().equals(second.get().text());
    }
}
