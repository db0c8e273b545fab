package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Behaviour;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import dev.coatcheck.prove.scenario.hurl.HurlReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AgreeTest {
    private static final Scenario ONE_WRITE = steps("PUT /price", "GET /price");

    @Test
    void every_process_is_asked_before_the_first_write_and_after_each_and_who_writes_last() {
        Agreement agreement =
                Agreement.of(steps("POST /login", "GET /me", "PUT /me"), 3).orElseThrow();

        assertThat(words(agreement))
                .containsExactly(
                        "GET /me @1, GET /me @2, GET /me @0",
                        "POST /login @0",
                        "GET /me @1, GET /me @2, GET /me @0",
                        "GET /me @0",
                        "PUT /me @0",
                        "GET /me @1, GET /me @2, GET /me @0");
    }

    @Test
    void only_what_is_read_next_and_what_was_read_last_is_asked() {
        Scenario many = steps(IntStream.range(0, 20)
                .mapToObj(step -> step == 10 ? "PUT /10" : "GET /" + step)
                .toArray(String[]::new));

        Agreement agreement = Agreement.of(many, 2).orElseThrow();

        assertThat(words(agreement).getLast()).isEqualTo("GET /19 @0");
        assertThat(words(agreement))
                .contains(
                        "GET /11 @1, GET /12 @1, GET /13 @1, GET /14 @1, GET /15 @1, GET /16 @1, GET /11 @0, GET /12 @0,"
                                + " GET /13 @0, GET /14 @0, GET /15 @0, GET /16 @0");
    }

    @Test
    void what_polls_is_not_asked_nor_what_nobody_can_ask_yet_nor_what_gives_out_what_is_still_to_be_brought_back() {
        Scenario scenario = hurl("""
                GET {{BASE_URL}}/form
                HTTP 200
                [Captures]
                token: regex /token=(.*)/

                POST {{BASE_URL}}/notes?token={{token}}
                HTTP 201
                [Captures]
                note: jsonpath "$.id"

                GET {{BASE_URL}}/notes/{{note}}
                HTTP 200

                GET {{BASE_URL}}/state
                [Options]
                retry: 10
                HTTP 200
                """);

        Agreement agreement = Agreement.of(scenario, 2).orElseThrow();

        assertThat(words(agreement))
                .containsExactly(
                        "GET /form @0",
                        "POST /notes?token={{token}} @0",
                        "GET /notes/{{note}} @1, GET /form @1, GET /notes/{{note}} @0, GET /form @0",
                        "GET /notes/{{note}} @0",
                        "GET /state @0");
    }

    @Test
    void there_is_nothing_to_agree_on_where_nothing_is_written_or_nothing_read() {
        assertThat(Agreement.of(steps("GET /a", "GET /b"), 2)).isEmpty();
        assertThat(Agreement.of(steps("POST /a", "POST /b"), 2)).isEmpty();
    }

    @Test
    void a_copy_that_no_step_of_the_scenario_makes_is_found_to_be_stale() throws Exception {
        Findings findings =
                agree(new SimulatedApplication(ONE_WRITE).step(1, writing()).step(2, copying()), ONE_WRITE);

        assertThat(findings.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.cause()).isEqualTo(Cause.STALE_CACHE);
            assertThat(leak.polluter()).hasValue(1);
            assertThat(leak.victim()).isEqualTo(2);
            assertThat(leak.scope()).hasValue("even 10 s after the write");
        });
        assertThat(findings.checks())
                .containsExactly(new CheckOutcome(Check.AGREE, Result.FAILED, "agree: step 2 broke"));
        assertThat(findings.notes())
                .as("the same step, read in another process")
                .isEmpty();
    }

    @Test
    void how_long_a_copy_is_stale_is_asked_with_reads_alone() throws Exception {
        Scenario read = steps("GET /price", "PUT /price", "GET /", "GET /price");
        Scenario order = steps("POST /order", "PUT /price", "GET /", "POST /order");
        Findings reads = spread(new SimulatedApplication(read), read);
        SimulatedApplication shop = new SimulatedApplication(order);

        Findings orders = spread(shop, order);

        assertThat(reads.leaks())
                .extracting(Leak::cause, Leak::scope)
                .containsExactly(tuple(Cause.STALE_CACHE, Optional.of("even 10 s after the write")));
        assertThat(orders.leaks())
                .extracting(Leak::cause, Leak::scope)
                .containsExactly(tuple(Cause.STALE_CACHE, Optional.empty()));
        assertThat(shop.settled).isEmpty();
    }

    /** The first and the last step show what the second one writes, and copy it. */
    private static Findings spread(SimulatedApplication application, Scenario scenario) throws InterruptedException {
        application
                .step(1, (world, seat, lane) -> {
                    world.memory(seat).add("old");
                    return true;
                })
                .step(2, writing())
                .step(4, copying());
        return new Investigation(application, scenario, 3, Duration.ZERO).investigate(EnumSet.of(Check.SPREAD));
    }

    @Test
    void what_another_process_never_had_is_no_stale_copy() throws Exception {
        Scenario login = steps("POST /login", "GET /me");
        SimulatedApplication application = new SimulatedApplication(login)
                .step(1, (world, seat, lane) -> world.memory(seat).add(lane + "session"))
                .step(2, (world, seat, lane) -> world.memory(seat).contains(lane + "session"));

        assertThat(agree(application, login).leaks())
                .extracting(leak -> leak.cause() + " " + leak.polluter() + " " + leak.victim())
                .containsExactly("MEMORY OptionalInt[1] 2");
    }

    @Test
    void an_application_that_reads_what_is_stored_agrees_with_itself() throws Exception {
        Findings findings = agree(
                new SimulatedApplication(ONE_WRITE)
                        .step(1, writing())
                        .step(2, (world, seat, lane) -> world.store.contains("new")),
                ONE_WRITE);

        assertThat(findings)
                .isEqualTo(
                        new Findings(List.of(new CheckOutcome(Check.AGREE, Result.PASSED, "")), List.of(), List.of()));
    }

    @Test
    void a_read_that_differs_once_by_chance_hides_no_stale_copy_behind_it() throws Exception {
        Scenario scenario = steps("PUT /price", "GET /news", "GET /price");
        AtomicInteger asked = new AtomicInteger();
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(1, writing())
                // Seven times in the control; then in the second process that is asked before the write.
                .step(2, (world, seat, lane) -> asked.incrementAndGet() != 10)
                .step(3, copying());

        Findings findings = agree(application, scenario);

        assertThat(findings.notes()).first().asString().contains("step 2 broke", "not again");
        assertThat(findings.leaks()).extracting(Leak::cause, Leak::victim).containsExactly(tuple(Cause.STALE_CACHE, 3));
    }

    @Test
    void what_was_passed_over_and_what_moved_is_told_where_all_else_agrees() throws Exception {
        Scenario scenario = steps("PUT /price", "GET /news", "GET /price");
        AtomicInteger asked = new AtomicInteger();
        SimulatedApplication application =
                new SimulatedApplication(scenario).step(2, (world, seat, lane) -> asked.incrementAndGet() != 10);
        application.moving = Set.of(4);

        assertThat(agree(application, scenario).checks()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.PASSED);
            assertThat(check.why())
                    .startsWith(Check.AGREE.done() + "; ")
                    .contains("nothing was concluded of step 2, which differed")
                    .contains("which moved meanwhile");
        });
    }

    @Test
    void reads_that_differ_again_and_again_are_a_reason_to_doubt_all() throws Exception {
        Scenario scenario = steps("PUT /price", "GET /news");
        AtomicInteger all = new AtomicInteger();
        AtomicInteger odd = new AtomicInteger(2);
        // In each whole conversation but the control, with its seven, the next one is the odd one.
        SimulatedApplication application = new SimulatedApplication(scenario).step(2, (world, seat, lane) -> {
            world.store.add("asked " + world.store.size());
            boolean isOdd = all.incrementAndGet() > 7 && world.store.size() == odd.get();
            odd.addAndGet(isOdd ? 1 : 0);
            return !isOdd;
        });

        assertThat(agree(application, scenario).checks())
                .extracting(CheckOutcome::result)
                .containsExactly(Result.INCONCLUSIVE);
        assertThat(odd).hasValue(6);
    }

    @Test
    void a_read_that_logs_out_is_left_out_and_all_others_are_asked() throws Exception {
        Scenario scenario = steps("POST /login", "PUT /price", "GET /price", "GET /logout");
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(
                        2,
                        (world, seat, lane) ->
                                !world.store.contains("logged out") && writing().answersWell(world, seat, lane))
                .step(3, copying())
                .answering(4, (world, seat, step) -> {
                    world.store.add("logged out");
                    return Optional.of(new Response(
                            200, List.of(new Header("Set-Cookie", "sid=; Max-Age=0")), Content.of(new byte[0])));
                });

        Findings findings = agree(application, scenario);

        assertThat(findings.leaks()).extracting(Leak::cause, Leak::victim).containsExactly(tuple(Cause.STALE_CACHE, 3));
    }

    @Test
    void where_no_read_is_taken_in_between_the_check_was_not_made_and_not_without_an_object() throws Exception {
        Scenario scenario = steps("POST /login", "GET /flash", "POST /logout");
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(1, (world, seat, lane) -> world.store.add("flash"))
                .step(2, (world, seat, lane) -> world.store.remove("flash"));

        assertThat(agree(application, scenario).checks()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.NOT_MADE);
            assertThat(check.why()).contains("GET /flash");
        });
    }

    @Test
    void a_long_scenario_is_asked_less_after_each_write_and_that_is_told() throws Exception {
        Scenario many = steps(IntStream.range(0, 100)
                .mapToObj(step -> (step % 2 == 0 ? "PUT /" : "GET /") + step)
                .toArray(String[]::new));
        SimulatedApplication application = new SimulatedApplication(many);

        Agreement.Bound bound = Agreement.Bound.of(many, 3, _ -> Duration.ofMillis(5));

        assertThat(Agreement.of(many, 3, bound, Set.of())
                        .orElseThrow()
                        .conversation()
                        .steps())
                .isLessThan(100 + 350);
        assertThat(agree(application, many).checks().getFirst().why())
                .contains("only the nearest read was asked after each write");
    }

    private static Behaviour writing() {
        return (world, seat, lane) -> {
            world.memory(seat).remove("old");
            return world.store.add("new");
        };
    }

    /** Answers as it was before, once it has. */
    private static Behaviour copying() {
        return (world, seat, lane) -> {
            boolean fresh = world.store.contains("new") && !world.memory(seat).contains("old");
            if (!fresh) {
                world.memory(seat).add("old");
            }
            return fresh;
        };
    }

    private static Findings agree(SimulatedApplication application, Scenario scenario) throws InterruptedException {
        return new Investigation(application, scenario, 3, Duration.ZERO).investigate(EnumSet.of(Check.AGREE));
    }

    /** Requests that were added after each other are one text. */
    private static List<String> words(Agreement agreement) {
        StringBuilder words = new StringBuilder();
        Extended conversation = agreement.conversation();
        for (int step = 1; step <= conversation.steps(); step++) {
            boolean goesOn = step > 1 && conversation.isAdded(step) && conversation.isAdded(step - 1);
            Seat seat = agreement.plan().seat(step);
            words.append(goesOn ? ", " : "\n")
                    .append(conversation.scenario().steps().get(step - 1).title())
                    .append(" @")
                    .append(seat.process());
        }
        return words.toString().strip().lines().toList();
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of("."), List.of());
    }

    private static Scenario hurl(String text) {
        return HurlReader.read(Path.of("notes.hurl"), text, Set.of());
    }
}
