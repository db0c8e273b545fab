package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import dev.coatcheck.prove.scenario.Template;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GivenIdsTest {
    private static final Random RANDOM = new Random(17);

    /** How processes come to ids that no other process gives out. */
    enum Allocation {
        /** From one sequence for each kind of thing. */
        ONE_BY_ONE,
        /** A block of fifty for each process, fetched with the first id. */
        BLOCKS,
        /** A block for each process, fetched when it starts. */
        BLOCKS_AT_START,
        /** One sequence for all kinds of things. */
        SHARED_BLOCKS,
        HI_LO,
        PREFIXED,
        PADDED,
        UUIDS;

        Supplier<String> ids(Map<String, Integer> sequences, int process, String kind) {
            return switch (this) {
                case ONE_BY_ONE -> () -> "" + sequences.merge(kind, 1, Integer::sum);
                case BLOCKS -> block(sequences, kind, 50, 1);
                case BLOCKS_AT_START -> block(new HashMap<>(Map.of(kind, process)), kind, 50, 1);
                case SHARED_BLOCKS -> block(sequences, "all", 20, 1);
                case HI_LO -> block(sequences, kind, 32_768, 32_768);
                case PREFIXED -> {
                    Supplier<String> numbers = block(sequences, kind, 1_000, 1);
                    yield () -> kind + "_" + numbers.get();
                }
                case PADDED -> {
                    Supplier<String> numbers = block(sequences, kind, 100, 1);
                    yield () -> "N-%06d".formatted(Integer.parseInt(numbers.get()));
                }
                case UUIDS -> () -> UUID.randomUUID().toString();
            };
        }

        private static Supplier<String> block(Map<String, Integer> sequences, String kind, int size, int first) {
            int[] next = {0, 0};
            return () -> {
                if (next[0] == next[1]) {
                    next[0] = (sequences.merge(kind, 1, Integer::sum) - 1) * size + first;
                    next[1] = next[0] + size;
                }
                return "" + next[0]++;
            };
        }
    }

    /** One run of a scenario with users, notes, comments, and products that were always there, all counted from 1. */
    private static final class Shop {
        private final Allocation allocation;
        private final IntFunction<Integer> processOfStep;
        private final Map<String, Integer> sequences = new HashMap<>();
        private final Map<String, Supplier<String>> generators = new HashMap<>();
        private final List<Exchange> run = new ArrayList<>();
        private final boolean captures;

        Shop(Allocation allocation, boolean captures, IntFunction<Integer> processOfStep) {
            this.allocation = allocation;
            this.captures = captures;
            this.processOfStep = processOfStep;
        }

        String give(String kind) {
            int process = processOfStep.apply(run.size() + 1);
            return generators
                    .computeIfAbsent(kind + process, key -> allocation.ids(sequences, process, kind))
                    .get();
        }

        String json(String id) {
            return id.matches("\\d+") ? id : '"' + id + '"';
        }

        void step(String method, String template, String path, String variable, String id, Response response) {
            Map<String, String> values =
                    captures && !variable.isEmpty() ? Map.of("{{" + variable + "}}", id) : Map.of();
            String body = method.equals("POST") ? "{\"text\": \"buy milk\", \"qty\": 1, \"done\": 2}" : "";
            run.add(exchange(run.size() + 1, method, template, path, body, values, response));
        }

        /** What a page shows in the place of the right id: itself, or a wrong one. */
        interface Showing {
            String of(int step, String right, String other);
        }

        List<Exchange> play(Showing shown) {
            String ann = give("user");
            step("POST", "/users", "/users", "ann", ann, created("{\"id\": " + json(ann) + ", \"visits\": 1}"));
            String milk = give("note");
            step(
                    "POST",
                    "/notes",
                    "/notes",
                    "milk",
                    milk,
                    created("{\"id\": %s, \"userId\": %s, \"version\": 1}".formatted(json(milk), json(ann))));
            String right = give("note");
            String ben = shown.of(3, right, milk);
            step(
                    "POST",
                    "/notes",
                    "/notes",
                    "ben",
                    ben,
                    created("{\"id\": %s, \"userId\": %s, \"version\": 1}".formatted(json(ben), json(ann))));
            step(
                    "GET",
                    "/notes/{{milk}}",
                    "/notes/" + milk,
                    "",
                    "",
                    ok("{\"id\": %s, \"text\": \"buy milk\", \"page\": 1}".formatted(json(shown.of(4, milk, ben)))));
            step(
                    "GET",
                    "/notes",
                    "/notes",
                    "",
                    "",
                    ok("{\"notes\": [{\"id\": %s}, {\"id\": %s}], \"noteIds\": [%s], \"total\": 2}"
                            .formatted(json(shown.of(5, milk, ben)), json(ben), json(shown.of(6, ben, milk)))));
            step("GET", "/notes.html", "/notes.html", "", "", html("""
                    <h1>2 notes, page 1 of 1</h1>
                    <ul><li data-note-id="%1$s"><a href="/notes/%1$s">buy milk</a> <a href="/notes/%1$s/edit?page=1">1</a>
                    <li><a href="/notes/%2$s">call Ben</a></ul><input name="note_id" value="%3$s"><input name="qty" value="1">
                    """.formatted(
                            shown.of(7, milk, ben), shown.of(8, ben, milk), shown.of(9, milk, ben))));
            step(
                    "GET",
                    "/products",
                    "/products",
                    "",
                    "",
                    ok("[{\"id\": 1, \"stock\": 7}, {\"id\": 2, \"stock\": 7}, {\"id\": 3, \"stock\": 1}]"));
            String comment = give("comment");
            step(
                    "POST",
                    "/notes/{{ben}}/comments",
                    "/notes/" + ben + "/comments",
                    "",
                    "",
                    created("{\"id\": %s, \"noteId\": %s}".formatted(json(comment), json(shown.of(10, ben, milk)))));
            step(
                    "POST",
                    "/notes/{{ben}}/publish",
                    "/notes/" + ben + "/publish",
                    "",
                    "",
                    response(303, "", "Location", "http://127.0.0.1:5000/notes/" + shown.of(11, ben, milk)));
            step(
                    "DELETE",
                    "/notes/{{milk}}",
                    "/notes/" + milk,
                    "",
                    "",
                    ok("{\"deleted\": {\"id\": %s}, \"left\": 1}".formatted(json(shown.of(12, milk, ben)))));
            return run;
        }
    }

    private static final Shop.Showing RIGHT = (step, right, other) -> right;

    private static Control control(Allocation allocation, boolean captures) {
        return Control.learn(IntStream.range(0, 3)
                .mapToObj(run -> new Shop(allocation, captures, step -> 0).play(RIGHT))
                .toList());
    }

    private static Shop fleet(Allocation allocation, boolean captures) {
        Map<Integer, Integer> processes = new HashMap<>();
        return new Shop(allocation, captures, step -> processes.computeIfAbsent(step, s -> RANDOM.nextInt(3)));
    }

    @ParameterizedTest
    @EnumSource
    void whatever_way_processes_come_to_their_ids_a_clean_application_never_differs(Allocation allocation) {
        for (boolean captures : List.of(true, false)) {
            Control control = control(allocation, captures);
            for (int i = 0; i < 30; i++) {
                List<Exchange> run = fleet(allocation, captures).play(RIGHT);
                assertThat(control.differences(run)).as(run.toString()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_id_that_is_given_out_twice_always_differs(Allocation allocation) {
        for (boolean captures : List.of(true, false)) {
            Control control = control(allocation, captures);
            for (int i = 0; i < 20; i++) {
                List<Exchange> run = fleet(allocation, captures).play((at, right, other) -> at == 3 ? other : right);
                assertThat(control.differences(run)).anyMatch(difference -> difference.step() == 3);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void the_id_of_another_thing_always_differs(Allocation allocation) {
        for (boolean captures : List.of(true, false)) {
            Control control = control(allocation, captures);
            for (int place = 4; place <= 12; place++) {
                int wrong = place;
                // Values that nobody captured and that vary may be anything, as the name of who answers.
                if (allocation == Allocation.UUIDS && !captures && wrong > 6) {
                    continue;
                }
                for (int i = 0; i < 5; i++) {
                    List<Exchange> run =
                            fleet(allocation, captures).play((at, right, other) -> at == wrong ? other : right);
                    assertThat(control.differences(run)).as(wrong + " " + run).isNotEmpty();
                }
            }
        }
    }

    @Test
    void an_id_that_is_given_out_twice_is_told_in_words() {
        Control control = control(Allocation.BLOCKS, false);
        List<Exchange> run = fleet(Allocation.BLOCKS, false).play((at, right, other) -> at == 3 ? other : right);
        assertThat(control.differences(run).getFirst())
                .hasToString("body: $.id was \"‹a new id›\" in the control and is 1 (the id of step 2) in the fleet");
    }

    private static Response created(String body) {
        return response(201, body, "Content-Type", "application/json");
    }

    private static Response ok(String body) {
        return response(200, body, "Content-Type", "application/json");
    }

    private static Response html(String body) {
        return response(200, body, "Content-Type", "text/html");
    }

    private static Response response(int status, String body, String... header) {
        return new Response(
                status, List.of(new Header(header[0], header[1])), Content.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static Exchange exchange(
            int number,
            String method,
            String template,
            String path,
            String body,
            Map<String, String> values,
            Response response) {
        List<String> lines = IntStream.rangeClosed(1, number).mapToObj(i -> "/").toList();
        Step step = StepLines.read(lines, Path.of("."), Set.of())
                .steps()
                .getLast()
                .withRequest(Request.of(method, Template.parse(template)));
        return new Exchange(
                step,
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                new Outcome.Answered(new SentRequest(method, path, List.of(), body), response),
                List.of(),
                new LinkedHashMap<>(values),
                1,
                Instant.EPOCH,
                Duration.ZERO);
    }
}
