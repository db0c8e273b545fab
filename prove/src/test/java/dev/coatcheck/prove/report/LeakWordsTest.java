package dev.coatcheck.prove.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.coatcheck.prove.check.Cause;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class LeakWordsTest {
    private static final StepRef FIRST = new StepRef("shop", 1, "POST /first");
    private static final StepRef SECOND = new StepRef("shop", 2, "GET /second");

    static Stream<Arguments> leaks() {
        return Stream.of(
                arguments(
                        "a limit says how many pass, with one process and with several",
                        leak(
                                Cause.COUNTER,
                                SECOND,
                                "status 429 in the control, 401 in the fleet",
                                "in 3 processes that let 15 pass, where one refuses the 6th"),
                        "One process lets GET /second (step 2) pass 5 times and answers the 6th with 429. 3 processes together"
                                + " let 15 pass: each counts for itself."),
                arguments(
                        "a limit of one is told as once",
                        leak(
                                Cause.COUNTER,
                                SECOND,
                                "status 409 in the control, 200 in the fleet",
                                "in 2 processes that let all of 5 pass, where one refuses the 2nd"),
                        "One process lets GET /second (step 2) pass once and answers the 2nd with 409. 2 processes together"
                                + " let all of 5 pass: each counts for itself."),
                arguments(
                        "a revocation says what is sent once more",
                        leak(Cause.REVOCATION, FIRST, "status 401 in the control, 200 in the fleet", ""),
                        "After POST /first (step 1), the cookies and values of before it still work in another process."
                                + " GET /second (step 2), sent with them, gets 401 where one process serves all, and 200 from"
                                + " another one."),
                arguments(
                        "an id that comes twice is named",
                        leak(
                                Cause.ID_COLLISION,
                                FIRST,
                                "body: $.id was \"‹a new id›\" in the control and is 1 ({{first}}) in the fleet",
                                ""),
                        "POST /first (step 1) and GET /second (step 2) were served by different processes, which gave out the"
                                + " same id. Both answered $.id 1; one process gives a new one each time. The second thing may"
                                + " overwrite the first."),
                arguments(
                        "that two answered the same is not said where something else differed",
                        leak(
                                Cause.ID_COLLISION,
                                FIRST,
                                "body: $.name was \"a\" in the control and is \"b\" in the fleet",
                                ""),
                        "POST /first (step 1) and GET /second (step 2) were served by different processes, which gave out the"
                                + " same id. The second answers \"b\" instead of \"a\" (body: $.name)."),
                arguments(
                        "a copy says for how long it was told",
                        leak(
                                Cause.STALE_CACHE,
                                FIRST,
                                "body: $.price was 250 in the control and is 100 in the fleet",
                                "even 10 s after the write"),
                        "POST /first (step 1) changed what GET /second (step 2) reads, and other processes go on answering"
                                + " from a copy of their own. Another process answers 100 instead of 250 (body: $.price). It was"
                                + " so even 10 s after the write."),
                arguments(
                        "what only several processes say is missing with one",
                        leak(
                                Cause.MEMORY,
                                FIRST,
                                "body: $.error is \"no\" in the fleet and missing in the control",
                                ""),
                        "POST /first (step 1) left something in the memory of one process that GET /second (step 2) needs."
                                + " Any other process answers differently: body: $.error is \"no\" with several processes, and"
                                + " missing with one."),
                arguments(
                        "a header has its two sides",
                        leak(Cause.MEMORY, FIRST, "header Location: /me in the control, /login in the fleet", ""),
                        "POST /first (step 1) left something in the memory of one process that GET /second (step 2) needs."
                                + " Any other process answers differently: header Location: /me with one process, /login with"
                                + " several."));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("leaks")
    void a_leak_is_told_in_words_that_need_no_explanation(String what, FoundLeak leak, String words) {
        assertThat(words(leak).happened(leak)).isEqualTo(words);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void where_no_place_was_found_it_is_said_which_step_to_look_at(Cause cause) {
        FoundLeak leak = leak(cause, FIRST, "status 200 in the control, 401 in the fleet", "");

        assertThat(words(leak).whereToLook(leak).orElseThrow())
                .startsWith("no place was found. Look in the code of ")
                .containsPattern("\\(step [12]\\) for ");
    }

    private static LeakWords words(FoundLeak leak) {
        return new LeakWords(Samples.stateful(leak));
    }

    private static FoundLeak leak(Cause cause, StepRef polluter, String difference, String scope) {
        return new FoundLeak(
                "spread",
                cause,
                Optional.of(polluter),
                SECOND,
                difference,
                List.of(),
                cause.remedy(),
                "coatcheck prove",
                List.of(),
                scope.isEmpty() ? Optional.empty() : Optional.of(scope));
    }
}
