package dev.coatcheck.prove.check;

import static dev.coatcheck.prove.check.SimulatedApplication.json;
import static dev.coatcheck.prove.check.SimulatedApplication.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Answering;
import dev.coatcheck.prove.check.SimulatedApplication.World;
import dev.coatcheck.prove.check.Stage.Caller;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is tried, and what is said of what is not. */
class AgainTriesAllTest {
    @ParameterizedTest
    @ValueSource(ints = {13, 20, 60, 100})
    void a_limit_that_all_steps_share_is_found_far_above_a_dozen(int most) throws Exception {
        Scenario scenario = steps("POST /login", "GET /me", "PUT /me", "GET /me");

        Findings inMemory = again(sharing(most, scenario, World::memory), scenario);
        Findings inStore = again(sharing(most, scenario, (world, seat) -> world.store), scenario);

        assertThat(inMemory.leaks()).singleElement().satisfies(leak -> {
            assertThat(leak.cause()).isEqualTo(Cause.COUNTER);
            assertThat(leak.polluter()).hasValue(leak.victim());
            assertThat(leak.scope().orElseThrow())
                    .endsWith("where one refuses the " + Ordinal.of(most + 2 - leak.victim()));
        });
        assertThat(inStore.leaks()).isEmpty();
        assertThat(inStore.notes()).isEmpty();
        assertThat(inStore.checks()).extracting(CheckOutcome::result).containsExactly(Result.PASSED);
    }

    private interface Counted {
        Set<String> in(World world, Seat seat);
    }

    private static SimulatedApplication sharing(int most, Scenario scenario, Counted counted) {
        SimulatedApplication application = new SimulatedApplication(scenario);
        scenario.steps().forEach(step -> application.answering(step.number(), limited(most, counted)));
        return application;
    }

    private static Answering limited(int most, Counted counted) {
        return (world, seat, step) -> {
            Set<String> requests = counted.in(world, seat);
            requests.add("request " + requests.size());
            return Optional.of(status(requests.size() <= most ? 200 : 429));
        };
    }

    @Test
    void what_could_not_be_repeated_is_told() throws Exception {
        Scenario wizard = steps(
                IntStream.rangeClosed(1, 9).mapToObj(step -> "POST /" + step).toArray(String[]::new));
        SimulatedApplication strict = new SimulatedApplication(wizard);
        // Each needs that the one before it came once.
        wizard.steps()
                .forEach(step -> strict.step(step.number(), (world, seat, lane) -> {
                    String came = step.number() + " came";
                    if (!world.store.add(came)) {
                        world.store.add(came + " twice");
                    }
                    return !world.store.contains((step.number() - 1) + " came twice");
                }));

        assertThat(again(strict, wizard).checks()).singleElement().satisfies(check -> {
            assertThat(check.result()).isEqualTo(Result.SKIPPED);
            assertThat(check.why()).contains("steps 7, 8, 9 were not repeated");
        });
    }

    @Test
    void nothing_repeated_is_nothing_concluded() throws Exception {
        Scenario scenario = steps("POST /a", "POST /b");
        SimulatedApplication closed = new SimulatedApplication(scenario)
                .answering(1, (world, seat, step) -> Optional.of(status(world.caller.isPresent() ? 403 : 200)));

        assertThat(again(closed, scenario).checks())
                .extracting(CheckOutcome::result)
                .containsExactly(Result.INCONCLUSIVE);
    }

    @Test
    void reads_as_of_before_that_log_the_user_out_keep_no_step_from_being_repeated() throws Exception {
        Scenario scenario = steps("POST /login", "GET /me", "POST /a", "POST /b", "POST /c");
        SimulatedApplication rotating = new SimulatedApplication(scenario);
        scenario.steps().forEach(step -> rotating.answering(step.number(), takingForTheft(Optional.empty())));
        rotating.answering(5, takingForTheft(Optional.of(limited(3, World::memory))));

        assertThat(words(again(rotating, scenario))).containsExactly("COUNTER 5 5");
    }

    /** A session that moves to another id with every answer: who comes with an old one has stolen it. */
    private static Answering takingForTheft(Optional<Answering> then) {
        return (world, seat, step) -> {
            boolean stolen = step.asOf().isPresent() && step.asOf().getAsInt() != Step.BEGINNING;
            if (stolen) {
                world.store.add("stolen");
            }
            return stolen || world.store.contains("stolen")
                    ? Optional.of(status(401))
                    : then.map(answering -> answering.answer(world, seat, step))
                            .orElseGet(() -> Optional.of(status(200)));
        };
    }

    @Test
    void an_application_that_lets_in_no_stranger_is_asked_from_the_usual_address() throws Exception {
        Scenario scenario = steps("POST /a", "POST /b");
        SimulatedApplication local = new SimulatedApplication(scenario);
        Answering limited = limited(4, World::memory);
        scenario.steps()
                .forEach(step -> local.answering(
                        step.number(),
                        (world, seat, asked) -> world.caller.equals(Optional.of(Caller.STRANGER))
                                ? Optional.of(status(403))
                                : limited.answer(world, seat, asked)));

        assertThat(words(again(local, scenario))).containsExactly("COUNTER 1 1");
    }

    @Test
    void what_is_limited_may_be_numbered_twice_as_well() throws Exception {
        Scenario scenario = steps("GET /", "POST /orders");
        Answering limited = limited(5, World::memory);
        SimulatedApplication shop = new SimulatedApplication(scenario).answering(2, (world, seat, step) -> {
            Response response = limited.answer(world, seat, step).orElseThrow();
            return Optional.of(
                    response.status() == 429
                            ? response
                            : leadingTo(200, "/orders/" + world.memory(seat).size()));
        });

        assertThat(words(again(shop, scenario))).containsExactly("COUNTER 2 2", "ID_COLLISION 2 2");
    }

    @Test
    void two_processes_that_number_things_are_found_though_one_is_ahead() throws Exception {
        Scenario scenario = steps("POST /notes", "POST /orders");
        SimulatedApplication numbering = new SimulatedApplication(scenario);
        Answering next = (world, seat, step) -> {
            world.memory(seat).add("thing " + world.memory(seat).size());
            return Optional.of(leadingTo(
                    200, step.title().substring(5) + "/" + world.memory(seat).size()));
        };
        numbering.answering(1, (world, seat, step) -> {
            Optional<Response> _ = next.answer(world, seat, step);
            return Optional.of(status(200));
        });
        numbering.answering(2, next);

        Findings findings =
                new Investigation(numbering, scenario, 2, Duration.ZERO).investigate(EnumSet.of(Check.AGAIN));

        assertThat(words(findings)).containsExactly("ID_COLLISION 2 2");
    }

    @Test
    void steps_of_one_path_that_ask_for_different_things_are_each_tried() throws Exception {
        Scenario scenario = steps("POST /graphql {\"a\":1}", "POST /graphql {\"b\":2}");
        SimulatedApplication api = new SimulatedApplication(scenario);
        scenario.steps()
                .forEach(step -> api.answering(step.number(), (world, seat, asked) -> {
                    Set<String> memory = world.memory(seat);
                    memory.add(step.number() + " " + memory.size());
                    long mine = memory.stream()
                            .filter(one -> one.startsWith(step.number() + " "))
                            .count();
                    return Optional.of(status(mine <= 4 ? 200 : 422));
                }));

        assertThat(words(again(api, scenario))).containsExactly("COUNTER 1 1", "COUNTER 2 2");
    }

    @Test
    void a_limit_is_tried_before_what_cannot_be_deleted_twice() throws Exception {
        Scenario scenario = steps(IntStream.rangeClosed(1, 10)
                .mapToObj(step -> step == 10 ? "POST /login" : "DELETE /" + step)
                .toArray(String[]::new));
        SimulatedApplication application = new SimulatedApplication(scenario);
        scenario.steps().stream()
                .limit(9)
                .forEach(step -> application.answering(
                        step.number(),
                        (world, seat, asked) ->
                                Optional.of(status(world.store.add("deleted " + step.number()) ? 200 : 404))));
        application.answering(10, limited(4, World::memory));

        Findings findings = again(application, scenario);

        assertThat(words(findings)).containsExactly("COUNTER 10 10");
    }

    @Test
    void of_many_things_the_report_says_how_many_were_tried() throws Exception {
        Scenario scenario = steps(
                IntStream.rangeClosed(1, 9).mapToObj(step -> "DELETE /" + step).toArray(String[]::new));
        SimulatedApplication application = new SimulatedApplication(scenario);
        scenario.steps()
                .forEach(step -> application.answering(
                        step.number(),
                        (world, seat, asked) ->
                                Optional.of(status(world.store.add("deleted " + step.number()) ? 200 : 404))));

        assertThat(again(application, scenario).checks().getFirst().why())
                .contains("of 9 things that one process refuses, makes or counts, 8 were tried in several");
    }

    @Test
    void a_log_out_is_seen_behind_a_public_page_and_where_it_shows_in_the_body_alone() throws Exception {
        Scenario scenario = steps("POST /login", "GET /session", "GET /", "POST /logout");

        assertThat(words(again(sessions(scenario, World::memory), scenario))).containsExactly("REVOCATION 4 2");
        Findings clean = again(sessions(scenario, (world, seat) -> world.store), scenario);
        assertThat(clean.leaks()).isEmpty();
        assertThat(clean.checks()).extracting(CheckOutcome::result).containsExactly(Result.PASSED);
    }

    /** Sessions in the store, and copies somewhere; who has none is told so with 200. */
    private static SimulatedApplication sessions(Scenario scenario, Counted copies) {
        return new SimulatedApplication(scenario)
                .step(1, (world, seat, lane) -> {
                    world.store.add("session");
                    return true;
                })
                .answering(2, (world, seat, step) -> {
                    if (world.store.contains("session")) {
                        copies.in(world, seat).add("copy");
                    }
                    boolean stranger = step.asOf().equals(OptionalInt.of(Step.BEGINNING));
                    boolean known = !stranger && copies.in(world, seat).contains("copy");
                    return Optional.of(json(known ? "{\"user\":\"Ann\"}" : "{\"user\":null}"));
                })
                .step(4, (world, seat, lane) -> {
                    world.store.remove("session");
                    copies.in(world, seat).remove("copy");
                    return true;
                });
    }

    @Test
    void a_step_that_hangs_when_it_comes_again_is_sent_once_more_and_then_no_more() throws Exception {
        Scenario scenario = steps("POST /report", "POST /login", "GET /me");
        AtomicInteger reports = new AtomicInteger();
        SimulatedApplication hanging = new SimulatedApplication(scenario)
                .answering(1, (world, seat, step) -> {
                    boolean first = world.store.add("report");
                    reports.addAndGet(first ? 0 : 1);
                    return first ? Optional.of(status(200)) : Optional.empty();
                })
                .answering(2, limited(4, World::memory));

        Findings findings = again(hanging, scenario);

        assertThat(words(findings)).containsExactly("COUNTER 2 2");
        assertThat(findings.notes())
                .containsExactly("again: step 1 was not answered when it came the 2nd time, and was sent no more");
        assertThat(reports).hasValue(1);
    }

    @Test
    void a_limit_by_503_or_by_another_redirect_is_a_limit() throws Exception {
        Scenario scenario = steps("GET /", "POST /login");
        Answering limited = limited(4, World::memory);

        for (Response refusal : List.of(status(503), leadingTo(302, "/login?locked"))) {
            SimulatedApplication application = new SimulatedApplication(scenario).answering(2, (world, seat, step) -> {
                boolean allowed =
                        limited.answer(world, seat, step).orElseThrow().status() == 200;
                return Optional.of(allowed ? leadingTo(302, "/home") : refusal);
            });
            assertThat(words(again(application, scenario))).containsExactly("COUNTER 2 2");
        }
    }

    @Test
    void a_process_that_was_busy_for_once_casts_no_doubt() throws Exception {
        Scenario scenario = steps("GET /", "POST /login");
        AtomicInteger seen = new AtomicInteger();
        SimulatedApplication application = new SimulatedApplication(scenario)
                .answering(2, (world, seat, step) -> Optional.of(status(seen.incrementAndGet() == 5 ? 503 : 200)));

        Findings findings = again(application, scenario);

        assertThat(findings.checks()).extracting(CheckOutcome::result).containsExactly(Result.SKIPPED);
        assertThat(findings.notes())
                .singleElement()
                .asString()
                .startsWith("again: step 2 was not tried in several processes: it was refused with 503");
    }

    @Test
    void a_limit_that_let_pass_again_later_is_no_busy_process() throws Exception {
        Scenario scenario = steps("GET /", "POST /login");
        AtomicInteger seen = new AtomicInteger();
        SimulatedApplication application = new SimulatedApplication(scenario)
                .answering(2, (world, seat, step) -> Optional.of(status(seen.incrementAndGet() == 5 ? 429 : 200)));

        assertThat(again(application, scenario).checks())
                .extracting(CheckOutcome::result)
                .containsExactly(Result.INCONCLUSIVE);
    }

    @Test
    void what_one_process_refuses_now_sooner_now_later_is_no_limit() throws Exception {
        Scenario scenario = steps("GET /", "POST /login");
        AtomicInteger runs = new AtomicInteger();
        // In one process the 5th is refused, then the 2nd; in several none.
        SimulatedApplication application = new SimulatedApplication(scenario).answering(2, (world, seat, step) -> {
            boolean several = world.memories.size() > 1 && !world.store.contains("one");
            if (world.store.isEmpty()) {
                runs.incrementAndGet();
            }
            world.store.add("request " + world.store.size());
            return Optional.of(status(several || world.store.size() < (runs.get() == 1 ? 5 : 2) ? 200 : 429));
        });

        assertThat(again(application, scenario).leaks()).isEmpty();
    }

    private static Response leadingTo(int status, String location) {
        return new Response(status, List.of(new Header("Location", location)), Content.of(new byte[0]));
    }

    private static Findings again(SimulatedApplication application, Scenario scenario) throws InterruptedException {
        return new Investigation(application, scenario, 3, Duration.ZERO).investigate(EnumSet.of(Check.AGAIN));
    }

    private static List<String> words(Findings findings) {
        return findings.leaks().stream()
                .map(leak -> leak.cause() + " " + leak.polluter().orElse(0) + " " + leak.victim())
                .toList();
    }

    private static Scenario steps(String... lines) {
        return StepLines.read(List.of(lines), Path.of("."), List.of());
    }
}
