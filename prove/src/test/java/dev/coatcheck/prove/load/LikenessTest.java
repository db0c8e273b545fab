package dev.coatcheck.prove.load;

import static dev.coatcheck.prove.load.Likeness.ANSWERED;
import static dev.coatcheck.prove.load.Likeness.NONE;
import static dev.coatcheck.prove.load.Likeness.STATUS;
import static dev.coatcheck.prove.load.Likeness.WHOLE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.compare.Difference;
import dev.coatcheck.prove.compare.Difference.Part;
import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LikenessTest {
    private static final SentRequest REQUEST = new SentRequest("GET", "/", List.of(), "");
    private static final Difference BODY = differing(Part.BODY, "2");
    private static final Difference STATUSES = differing(Part.STATUS, "503");
    private static final Difference NO_ANSWER = differing(Part.ANSWER, "no response (closed)");

    @Test
    void an_answer_is_like_the_control_s_wholly_by_its_status_as_an_answer_or_not_at_all() {
        assertThat(Likeness.of(answered(200), List.of())).isEqualTo(WHOLE);
        assertThat(Likeness.of(answered(200), List.of(BODY))).isEqualTo(STATUS);
        assertThat(Likeness.of(answered(409), List.of(STATUSES, BODY))).isEqualTo(ANSWERED);
        assertThat(Likeness.of(answered(503), List.of(STATUSES))).isEqualTo(NONE);
        assertThat(Likeness.of(unanswered(), List.of(NO_ANSWER))).isEqualTo(NONE);
    }

    @Test
    void an_error_that_the_control_answers_as_well_is_like_it() {
        assertThat(Likeness.of(answered(500), List.of())).isEqualTo(WHOLE);
    }

    @Test
    void the_lesser_of_two_is_what_both_hold() {
        assertThat(STATUS.lesser(NONE)).isEqualTo(NONE);
        assertThat(STATUS.lesser(WHOLE)).isEqualTo(STATUS);
    }

    @Test
    void what_is_told_of_no_answer_is_why_there_was_none() {
        assertThat(Likeness.inWords(List.of(NO_ANSWER))).isEqualTo("no response (closed)");
        assertThat(Likeness.inWords(List.of(BODY, STATUSES))).contains("status", "503");
    }

    private static Difference differing(Part part, String fleet) {
        return new Difference(1, part, "", Optional.of("as it is"), Optional.of(fleet));
    }

    private static Exchange answered(int status) {
        return exchange(new Outcome.Answered(REQUEST, new Response(status, List.of(), Content.of(new byte[0]))));
    }

    private static Exchange unanswered() {
        return exchange(new Outcome.Failed(REQUEST, Outcome.Failure.NO_RESPONSE, "closed"));
    }

    private static Exchange exchange(Outcome outcome) {
        Step step =
                StepLines.read(List.of("GET /"), Path.of(""), List.of()).steps().getFirst();
        Target target = new Target("web.1", URI.create("http://127.0.0.1:1"));
        return new Exchange(step, target, outcome, List.of(), Map.of(), 1, Instant.EPOCH, Duration.ZERO);
    }
}
