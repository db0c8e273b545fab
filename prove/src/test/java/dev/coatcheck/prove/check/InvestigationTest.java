package dev.coatcheck.prove.check;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.check.CheckOutcome.Result;
import dev.coatcheck.prove.check.SimulatedApplication.Behaviour;
import dev.coatcheck.prove.check.Trace.Remembered;
import dev.coatcheck.prove.lab.Run;
import dev.coatcheck.prove.lab.Seat;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.StepLines;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvestigationTest {
    private static final Duration A_LEASE = Duration.ofSeconds(30);

    @Test
    void an_application_that_keeps_everything_in_its_store_passes_every_check() throws Exception {
        SimulatedApplication application = application(5).step(1, storing("a")).step(4, needingStored("a"));

        Findings findings = investigate(application, 5);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.notes()).isEmpty();
        assertThat(findings.checks())
                .filteredOn(check -> check.check() != Check.AGAIN && check.check() != Check.SOCKETS)
                .extracting(CheckOutcome::result)
                .containsOnly(Result.PASSED);
        List<Run> ofTheScenario =
                application.runs.stream().filter(run -> run.plan().steps() == 5).toList();
        assertThat(Coverage.of(5, ofTheScenario)).isEqualTo(new Coverage(10, 10, 7));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3, 4, 7, 20})
    void a_session_in_memory_is_blamed_on_the_step_that_left_it_wherever_the_two_stand(int victim) throws Exception {
        for (int polluter = 1; polluter < victim; polluter++) {
            SimulatedApplication application =
                    application(20).step(polluter, remembering("session")).step(victim, needingRemembered("session"));

            assertThat(leaks(application, 20)).containsExactly("MEMORY " + polluter + " " + victim);
        }
    }

    @Test
    void a_file_that_is_read_when_it_is_needed_is_a_local_file() throws Exception {
        assertThat(leaks(application(4).step(2, filing("f")).step(4, needingFiled("f")), 4))
                .containsExactly("LOCAL_FILE 2 4");
    }

    @Test
    void a_file_that_is_read_at_the_start_only_is_a_cached_file() throws Exception {
        Behaviour saving = (world, seat, lane) -> {
            world.memory(seat).add("settings");
            return world.disk(seat.disk()).add("settings");
        };

        assertThat(leaks(
                        application(3)
                                .step(1, saving)
                                .step(
                                        3,
                                        (world, seat, lane) ->
                                                world.memory(seat).contains("settings")),
                        3))
                .containsExactly("CACHED_FILE 1 3");
    }

    @Test
    void what_nobody_remembers_and_no_other_process_accepts_is_made_from_a_secret_of_the_process() throws Exception {
        SimulatedApplication application =
                application(3).step(1, remembering("signed")).step(2, needingRemembered("signed"));
        application.remembered = Remembered.NO;

        assertThat(leaks(application, 3)).containsExactly("PROCESS_SECRET 1 2");
    }

    @Test
    void a_way_of_splitting_that_does_not_break_is_told_in_the_evidence() throws Exception {
        Behaviour reading = (world, seat, lane) -> {
            boolean fresh =
                    !world.memory(seat).contains("copy") || world.memory(seat).contains("price");
            world.memory(seat).add("copy");
            return fresh;
        };
        SimulatedApplication application =
                application(4).step(1, reading).step(2, remembering("price")).step(3, reading);

        Findings findings = investigate(application, EnumSet.of(Check.SPREAD));

        assertThat(findings.leaks())
                .singleElement()
                .satisfies(leak -> assertThat(leak.evidence())
                        .startsWith(
                                "step 3 alone in another process: it did not break, or not each time",
                                "split as the check does: it broke, 3 times of 3; all in one process, in turn with that, it never"
                                        + " did"));
    }

    @Test
    void a_check_that_breaks_for_a_known_leak_alone_says_at_which_step() throws Exception {
        SimulatedApplication application =
                application(4).step(1, remembering("session")).step(2, needingRemembered("session"));

        assertThat(investigate(application, EnumSet.of(Check.SPREAD, Check.AMNESIA))
                        .checks())
                .extracting(CheckOutcome::explained)
                .containsExactly(OptionalInt.empty(), OptionalInt.of(2));
    }

    @Test
    void what_lies_within_the_state_of_a_known_leak_is_no_leak_of_its_own() throws Exception {
        SimulatedApplication application = application(6)
                .step(1, remembering("session"))
                .step(2, needingRemembered("session"))
                .step(
                        3,
                        (world, seat, lane) -> needingRemembered("session").answersWell(world, seat, lane)
                                && remembering("cart").answersWell(world, seat, lane))
                .step(4, needingRemembered("cart"))
                .step(5, filing("upload"))
                .step(6, needingFiled("upload"));

        assertThat(leaks(application, 6)).containsExactly("MEMORY 1 2", "LOCAL_FILE 5 6");
    }

    @Test
    void a_leak_behind_another_is_found() throws Exception {
        SimulatedApplication application = application(4)
                .step(1, remembering("session"))
                .step(
                        2,
                        (world, seat, lane) -> needingRemembered("session").answersWell(world, seat, lane)
                                && filing("upload").answersWell(world, seat, ""))
                .step(
                        3,
                        (world, seat, lane) -> needingRemembered("session").answersWell(world, seat, lane)
                                && needingFiled("upload").answersWell(world, seat, ""))
                .step(4, needingRemembered("session"));

        assertThat(leaks(application, 4)).containsExactly("MEMORY 1 2", "LOCAL_FILE 2 3");
    }

    @Test
    void a_leak_behind_one_whose_step_cannot_be_repeated_is_found_as_well() throws Exception {
        SimulatedApplication application = application(4)
                .step(
                        1,
                        (world, seat, lane) ->
                                world.store.add("user") && world.memory(seat).add("session"))
                .step(2, (world, seat, lane) -> world.memory(seat).contains("session"))
                .step(3, (world, seat, lane) -> world.disk(seat.disk()).add("upload"))
                .step(4, needingFiled("upload"));

        assertThat(leaks(application, 4)).containsExactly("MEMORY 1 2", "LOCAL_FILE 3 4");
    }

    @Test
    void a_copy_that_is_not_told_of_a_change_is_stale() throws Exception {
        Behaviour reading = (world, seat, lane) -> {
            boolean fresh = world.store.contains("new");
            boolean old = world.memory(seat).contains("old");
            if (!fresh) {
                world.memory(seat).add("old");
            }
            return !fresh || !old;
        };
        Behaviour changing = (world, seat, lane) -> {
            world.memory(seat).remove("old");
            return world.store.add("new");
        };
        Scenario scenario = scenario("GET /a", "PUT /a", "GET /a");
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(1, reading)
                .step(2, changing)
                .step(3, reading);

        Findings findings =
                new Investigation(application, scenario, 2, Duration.ZERO).investigate(EnumSet.of(Check.SPREAD));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("STALE_CACHE 2 3");
    }

    @Test
    void a_write_that_is_acknowledged_before_it_is_stored_is_lost_in_a_crash() throws Exception {
        Behaviour acknowledging = (world, seat, lane) -> {
            world.underWay.put("a", seat.process());
            return world.memory(seat).add("a");
        };
        Behaviour reading = (world, seat, lane) ->
                world.store.contains("a") || world.memory(seat).contains("a");

        assertThat(leaks(application(3).step(1, acknowledging).step(2, reading), 3))
                .containsExactly("LOST_WRITE 1 2");
    }

    @Test
    void a_step_that_breaks_for_another_reason_than_a_known_leak_is_not_said_to_be_known() throws Exception {
        SimulatedApplication application = application(4)
                .step(2, (world, seat, lane) -> !world.killedAfter.contains(1))
                .step(3, remembering("cart"))
                .step(4, needingRemembered("cart"));

        Findings findings = investigate(application, EnumSet.of(Check.SPREAD, Check.CRASH));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).contains("MEMORY 3 4");
        assertThat(findings.checks())
                .extracting(CheckOutcome::why)
                .satisfiesExactly(
                        spread -> assertThat(spread).endsWith("step 4 broke"),
                        crash -> assertThat(crash).endsWith("step 2 broke"));
    }

    @Test
    void a_kill_whose_work_is_taken_up_when_its_lease_is_over_is_not_blamed_for_what_another_lost() throws Exception {
        Scenario scenario = polling(5, scenario("GET /1", "PUT /2", "GET /3", "POST /4", "GET /5"));
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(2, (world, seat, lane) -> {
                    world.underWay.put("settings", seat.process());
                    return true;
                })
                .step(3, (world, seat, lane) -> {
                    world.store.addAll(world.underWay.keySet());
                    return true;
                })
                .step(
                        5,
                        (world, seat, lane) -> world.store.contains("settings")
                                && (!world.killedAfter.contains(4) || world.patience.compareTo(A_LEASE) >= 0));

        Findings findings = new Investigation(application, scenario, 2, A_LEASE.plusSeconds(15))
                .investigate(EnumSet.of(Check.CRASH));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("LOST_WRITE 2 5");
    }

    @Test
    void of_two_kills_that_do_harm_only_together_none_is_blamed_alone() throws Exception {
        Scenario scenario = polling(5, scenario("GET /1", "PUT /2", "GET /3", "POST /4", "GET /5"));
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(
                        5,
                        (world, seat, lane) -> world.killedAfter.isEmpty()
                                || (!world.killedAfter.containsAll(Set.of(2, 4))
                                        && world.patience.compareTo(A_LEASE) >= 0));

        Findings findings = new Investigation(application, scenario, 2, A_LEASE.plusSeconds(15))
                .investigate(EnumSet.of(Check.CRASH));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("UNKNOWN 0 5");
    }

    @Test
    void a_write_is_lost_although_a_step_before_it_waits_for_what_a_kill_interrupted() throws Exception {
        Scenario scenario = polling(2, scenario("POST /1", "GET /2", "PUT /3", "GET /4"));
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(2, (world, seat, lane) -> world.killedAfter.isEmpty() || world.patience.compareTo(A_LEASE) >= 0)
                .step(3, (world, seat, lane) -> {
                    world.underWay.put("settings", seat.process());
                    return true;
                })
                .step(4, (world, seat, lane) -> world.underWay.containsKey("settings"));

        Findings findings = new Investigation(application, scenario, 2, A_LEASE.plusSeconds(15))
                .investigate(EnumSet.of(Check.CRASH));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("LOST_WRITE 3 4");
    }

    @Test
    void a_leak_that_is_certain_is_told_whatever_fails_after_that() throws Exception {
        SimulatedApplication whole = losing();
        assertThat(investigate(whole, EnumSet.of(Check.CRASH)).leaks())
                .extracting(InvestigationTest::words)
                .containsExactly("LOST_WRITE 3 4");
        List<String> told = new ArrayList<>();
        for (int end = 1; end < whole.runs.size(); end++) {
            SimulatedApplication ending = losing();
            ending.endsAfter = end;
            investigate(ending, EnumSet.of(Check.CRASH)).leaks().forEach(leak -> told.add(words(leak)));
        }
        assertThat(told).startsWith("UNKNOWN 0 4").contains("LOST_WRITE 3 4");
    }

    private static SimulatedApplication losing() {
        return application(4)
                .step(1, (world, seat, lane) -> {
                    world.underWay.put("settings", seat.process());
                    return true;
                })
                .step(4, (world, seat, lane) -> world.underWay.containsKey("settings"));
    }

    private static Findings investigate(SimulatedApplication application, Set<Check> checks)
            throws InterruptedException {
        return new Investigation(application, scenario(4), 2, Duration.ZERO).investigate(checks);
    }

    @Test
    void a_victim_that_polls_is_given_its_time_where_a_restart_is_to_tell_what_kind_of_leak_it_is() throws Exception {
        Scenario scenario = polling(3, scenario("PUT /1", "GET /2", "GET /3"));
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(1, (world, seat, lane) -> {
                    world.memory(seat).add("settings");
                    return world.disk(seat.disk()).add("settings");
                })
                .step(
                        3,
                        (world, seat, lane) -> world.memory(seat).contains("settings")
                                && (world.killedAfter.isEmpty() || world.patience.compareTo(A_LEASE) >= 0));

        Findings findings = new Investigation(application, scenario, 2, A_LEASE.plusSeconds(15))
                .investigate(EnumSet.of(Check.SPREAD));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("CACHED_FILE 1 3");
    }

    @Test
    void files_between_web_processes_and_workers_are_local_files() throws Exception {
        Behaviour queueing = (world, seat, lane) -> world.disk(seat.disk()).add("queued");
        Behaviour polling = (world, seat, lane) -> world.disk(world.workersDisk).contains("queued");

        assertThat(leaks(application(3).step(2, queueing).step(3, polling), 3)).containsExactly("LOCAL_FILE 2 3");
    }

    @Test
    void what_was_deleted_in_one_place_alone_was_left_in_that_kind_of_place() throws Exception {
        Scenario scenario = scenario("PUT /note", "GET /note", "DELETE /note", "GET /gone");
        SimulatedApplication onDisk = deleting(scenario, (world, seat) -> world.disk(seat.disk()));
        SimulatedApplication inMemory = deleting(scenario, SimulatedApplication.World::memory);

        assertThat(leaks(onDisk, scenario)).containsExactly("LOCAL_FILE 1 2", "LOCAL_FILE 3 4");
        assertThat(leaks(inMemory, scenario)).containsExactly("MEMORY 1 2", "MEMORY 3 4");
    }

    private static SimulatedApplication deleting(
            Scenario scenario, BiFunction<SimulatedApplication.World, Seat, Set<String>> place) {
        return new SimulatedApplication(scenario)
                .step(1, (world, seat, lane) -> {
                    place.apply(world, seat).add("note");
                    return true;
                })
                .step(2, (world, seat, lane) -> place.apply(world, seat).contains("note"))
                .step(3, (world, seat, lane) -> place.apply(world, seat).remove("note"))
                .step(4, (world, seat, lane) -> !place.apply(world, seat).contains("note"));
    }

    private static List<String> leaks(SimulatedApplication application, Scenario scenario) throws InterruptedException {
        return new Investigation(application, scenario, 3, A_LEASE)
                .investigate(EnumSet.of(Check.SPREAD)).leaks().stream()
                        .map(InvestigationTest::words)
                        .toList();
    }

    @Test
    void what_a_worker_writes_for_a_web_process_is_blamed_on_the_step_that_asked_for_it() throws Exception {
        Scenario scenario = scenario("GET /1", "POST /2", "GET /3", "GET /4");
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(2, (world, seat, lane) -> {
                    world.disk(world.workersDisk).add("thumbnail");
                    return true;
                })
                .step(4, (world, seat, lane) -> world.disk(seat.disk()).contains("thumbnail"));

        Findings findings = new Investigation(application, scenario, 2, A_LEASE).investigate(EnumSet.of(Check.SPREAD));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("LOCAL_FILE 2 4");
    }

    @Test
    void a_step_that_breaks_now_and_then_is_no_leak_and_is_told() throws Exception {
        int[] count = new int[1];
        SimulatedApplication application = application(3).step(2, (world, seat, lane) -> count[0]++ != 0);

        Findings findings = investigate(application, 3);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks().getFirst().result()).isEqualTo(Result.INCONCLUSIVE);
        assertThat(findings.notes()).singleElement().asString().contains("with several), and not again");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void what_an_answer_varies_by_unsplit_does_not_hide_what_kind_of_leak_it_has(int lessons) throws Exception {
        SimulatedApplication application =
                application(2).step(1, remembering("table")).step(2, needingRemembered("table"));
        application.lessons = lessons;

        assertThat(leaks(application, 2)).containsExactly("MEMORY 1 2");
    }

    @Test
    void a_run_that_breaks_before_the_victim_is_played_once_more() throws Exception {
        int[] count = new int[1];
        SimulatedApplication application = application(4)
                .step(1, remembering("session"))
                .step(2, (world, seat, lane) -> ++count[0] != 2)
                .step(3, needingRemembered("session"));

        assertThat(leaks(application, 4)).containsExactly("MEMORY 1 3");
    }

    @Test
    void that_the_victim_was_never_reached_again_is_told() throws Exception {
        int[] count = new int[1];
        SimulatedApplication application = application(4)
                .step(1, (world, seat, lane) -> ++count[0] <= 2)
                .step(2, (world, seat, lane) -> seat.process() == 0);
        application.hasWorkers = false;

        Findings findings = investigate(application, EnumSet.of(Check.SPREAD));

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks().getFirst().why())
                .isEqualTo(
                        "spread 1 of 2: step 2 broke (status 200 with one process, 401 with several), but when it was tried again,"
                                + " step 1 before it did");
    }

    @Test
    void a_first_step_that_only_the_first_process_answers_well_is_a_leak_without_a_polluter() throws Exception {
        SimulatedApplication application =
                application(3).step(1, (world, seat, lane) -> seat.process() == 0 && world.memories.size() < 2);

        assertThat(leaks(application, 3)).containsExactly("UNKNOWN 0 1");
    }

    @Test
    void the_run_that_broke_first_counts_where_it_was_split_in_the_same_way() throws Exception {
        SimulatedApplication application =
                application(2).step(1, remembering("session")).step(2, needingRemembered("session"));
        application.hasWorkers = false;

        investigate(application, 2);

        assertThat(application.runs.stream().map(run -> run.plan().name()))
                .contains("confirm unsplit 1 of 3", "confirm split 2 of 3", "confirm split 3 of 3")
                .doesNotContain("confirm split 1 of 3");
    }

    @Test
    void a_step_that_breaks_unsplit_too_among_as_many_processes_is_no_leak() throws Exception {
        SimulatedApplication application = application(3).step(2, (world, seat, lane) -> world.memories.size() < 2);

        Findings findings = investigate(application, 3);

        assertThat(findings.leaks()).isEmpty();
        assertThat(findings.checks().getFirst().why()).contains("as many others");
    }

    @Test
    void what_either_of_two_steps_heals_is_found() throws Exception {
        Scenario scenario = scenario("POST /1", "POST /2", "GET /3");
        SimulatedApplication application = new SimulatedApplication(scenario)
                .step(1, remembering("a"))
                .step(2, remembering("a"))
                .step(3, needingRemembered("a"));

        Findings findings =
                new Investigation(application, scenario, 2, Duration.ZERO).investigate(EnumSet.of(Check.SPREAD));

        assertThat(findings.leaks()).extracting(InvestigationTest::words).containsExactly("MEMORY 2 3");
    }

    private static Behaviour remembering(String what) {
        return (world, seat, lane) -> {
            world.memory(seat).add(lane + what);
            return true;
        };
    }

    private static Behaviour needingRemembered(String what) {
        return (world, seat, lane) -> world.memory(seat).contains(lane + what);
    }

    private static Behaviour filing(String what) {
        return (world, seat, lane) -> {
            world.disk(seat.disk()).add(what);
            return true;
        };
    }

    private static Behaviour needingFiled(String what) {
        return (world, seat, lane) -> world.disk(seat.disk()).contains(what);
    }

    private static Behaviour storing(String what) {
        return (world, seat, lane) -> {
            world.store.add(what);
            return true;
        };
    }

    private static Behaviour needingStored(String what) {
        return (world, seat, lane) -> world.store.contains(what);
    }

    private static SimulatedApplication application(int steps) {
        return new SimulatedApplication(scenario(steps));
    }

    private static Scenario scenario(int steps) {
        return scenario(IntStream.rangeClosed(1, steps)
                .mapToObj(step -> (step % 2 == 1 ? "POST /" : "GET /") + step)
                .toArray(String[]::new));
    }

    private static Scenario scenario(String... lines) {
        return StepLines.read(List.of(lines), Path.of("."), List.of());
    }

    private static Scenario polling(int step, Scenario scenario) {
        return new Scenario(
                scenario.name(),
                scenario.steps().stream()
                        .map(each -> each.number() == step
                                ? each.withPolling(new Polling(20, Duration.ofMillis(100)))
                                : each)
                        .toList());
    }

    private static Findings investigate(SimulatedApplication application, int steps) throws InterruptedException {
        return new Investigation(application, scenario(steps), 3, Duration.ZERO)
                .investigate(EnumSet.allOf(Check.class));
    }

    private static List<String> leaks(SimulatedApplication application, int steps) throws InterruptedException {
        return investigate(application, steps).leaks().stream()
                .map(InvestigationTest::words)
                .toList();
    }

    private static String words(Leak leak) {
        return leak.cause() + " " + leak.polluter().orElse(0) + " " + leak.victim();
    }
}
