package dev.coatcheck.prove.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Exchange;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Outcome;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.play.SentRequest;
import dev.coatcheck.prove.play.Target;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.StepLines;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

class ControlTest {
    private static final Random RANDOM = new Random(17);

    @Test
    void what_is_the_same_in_every_run_has_to_be_the_same_in_the_fleet() {
        IntFunction<Response> page = run -> json("{\"email\": \"a@b.c\", \"roles\": [\"admin\", \"user\"], \"n\": 1}");
        assertThat(differences(page, page.apply(9))).isEmpty();
        assertThat(differences(page, json("{\"email\": null, \"roles\": [\"admin\"], \"n\": 2, \"error\": \"who?\"}")))
                .containsExactly(
                        "body: $.email was \"a@b.c\" in the control and is null in the fleet",
                        "body: $.roles[1] was \"user\" in the control and is missing in the fleet",
                        "body: $.n was 1 in the control and is 2 in the fleet",
                        "body: $.error is \"who?\" in the fleet and missing in the control");
        assertThat(differences(page, json("{\"roles\": [\"admin\", \"user\"], \"n\": 1}")))
                .containsExactly("body: $.email was \"a@b.c\" in the control and is missing in the fleet");
    }

    @Test
    void a_status_is_told_without_the_body_that_goes_with_it() {
        assertThat(differences(
                        run -> response(200, "{\"a\": 1}", "Content-Type", "application/json"),
                        response(401, "no", "Content-Type", "text/plain", "WWW-Authenticate", "Basic")))
                .containsExactly(
                        "status 200 in the control, 401 in the fleet",
                        "header Content-Type: \"application/json\" in the control, \"text/plain\" in the fleet",
                        "header Www-Authenticate: no such header in the control, \"Basic\" in the fleet");
    }

    @Test
    void what_the_scenario_asks_for_tells_more_than_what_else_is_missing_in_the_body() {
        Control control = Control.learn(runs(3, run -> json("{\"active\": true, \"client\": \"foo\"}")));
        String asserted = "s.hurl:15: expected jsonpath \"$.active\" == true, but it is false";
        Exchange inactive = unmet(run(json("{\"active\": false}")).getFirst(), asserted);

        List<Difference> differences = control.differences(List.of(inactive));

        assertThat(differences).hasSizeGreaterThan(1);
        assertThat(Difference.mostTelling(differences)).hasToString(asserted);
        Exchange refused = unmet(run(response(401, "{}")).getFirst(), "expected status 200, got 401");
        assertThat(Difference.mostTelling(control.differences(List.of(refused))))
                .hasToString("status 200 in the control, 401 in the fleet");
    }

    @Test
    void no_answer_is_a_difference() {
        Control control = Control.learn(runs(3, run -> json("{}")));
        Exchange failed = exchange(
                1,
                new Outcome.Failed(
                        new SentRequest("GET", "/", List.of(), ""),
                        Outcome.Failure.NOT_CONNECTED,
                        "connection refused"),
                Map.of());
        assertThat(control.differences(List.of(failed)))
                .hasToString("[answer: a response in the control, no connection (connection refused) in the fleet]");
    }

    @Test
    void random_ids_and_timestamps_in_every_body_are_noise() {
        IntFunction<Response> page = run -> json("""
                {"id": "%s", "at": "%s", "millis": %d, "token": "%s", "email": "a@b.c", "note": "seen at %s by a@b.c"}""".formatted(UUID.randomUUID(), now(), millis(), token(), now()));
        for (int i = 0; i < 50; i++) {
            assertThat(differences(page, page.apply(9))).isEmpty();
        }
        assertThat(differences(page, json("""
                {"id": "", "at": "%s", "millis": %d, "token": "anonymous", "email": "a@b.c", "note": "seen at %s by nobody"}""".formatted(now(), millis(), now()))))
                .satisfiesExactly(
                        id -> assertThat(id)
                                .startsWith("body: $.id was a UUID as")
                                .endsWith("and is \"\" in the fleet"),
                        token -> assertThat(token)
                                .startsWith("body: $.token was an opaque token as")
                                .endsWith("and is \"anon…\" in the fleet"),
                        note -> assertThat(note)
                                .startsWith("body: $.note was \"seen at ")
                                .endsWith("by nobody\" in the fleet"));
    }

    @Test
    void pages_that_tell_who_served_them_are_noise_and_a_leak_beside_it_is_none() {
        IntFunction<Response> page = run -> html(welcome("Hello <b>ann</b>, your cart holds 3 items."));
        for (int i = 0; i < 50; i++) {
            assertThat(differences(page, page.apply(9))).isEmpty();
        }
        assertThat(differences(page, html(welcome("Hello <b>stranger</b>, your cart holds 3 items."))))
                .containsExactly("body: line 3 was \"ann\" in the control and is \"stranger\" in the fleet");
        assertThat(differences(page, html(welcome("Hello <b>ann</b>, your cart holds 0 items."))))
                .containsExactly("body: line 3 was \", your cart holds 3 items.\" in the control and is"
                        + " \", your cart holds 0 items.\" in the fleet");
    }

    private static String welcome(String greeting) {
        return """
                <html><head><title>Shop</title></head>
                <body>
                <p>%s</p>
                <footer>Served by web.%d (pid %d) on host-%s, started %s, up %d s</footer></body></html>
                """.formatted(
                greeting, 1 + RANDOM.nextInt(12), 100 + RANDOM.nextInt(90_000), hex(3), now(), RANDOM.nextInt(5000));
    }

    @Test
    void a_leak_in_the_same_line_as_noise_is_no_noise() {
        IntFunction<Response> page = run -> text("Hello ann! It is " + now() + ", process " + millis() % 90_000);
        assertThat(differences(page, page.apply(9))).isEmpty();
        assertThat(differences(page, text("Hello stranger! It is " + now() + ", process 17")))
                .hasSize(1);
        assertThat(differences(page, text("It is " + now() + ", process 17"))).hasSize(1);
    }

    @Test
    void a_leak_in_a_very_long_line_is_no_noise() {
        IntFunction<String> line = run -> "{\"a\":1},".repeat(300) + "at " + millis() + " for ann," + "x,".repeat(300);
        assertThat(differences(run -> text(line.apply(run)), text(line.apply(9))))
                .isEmpty();
        assertThat(differences(run -> text(line.apply(run)), text(line.apply(9).replace("ann", "bob"))))
                .hasSize(1);
        IntFunction<String> random =
                run -> "ids" + IntStream.range(0, 500).mapToObj(i -> token()).reduce("", (a, b) -> a + " " + b);
        assertThat(differences(run -> text(random.apply(run)), text(random.apply(9))))
                .isEmpty();
    }

    @Test
    void a_clock_that_stood_still_during_the_control_may_go_on() {
        IntFunction<Response> page = run -> text("Hello ann, it is 08:17.\n2026-11-21T08:17Z");
        assertThat(differences(page, text("Hello ann, it is 08:18.\n2026-11-21T08:18Z")))
                .isEmpty();
        assertThat(differences(page, text("Hello bob, it is 08:18.\n2026-11-21T08:18Z")))
                .hasSize(1);
        assertThat(differences(page, text("Hello ann, it is late.\n2026-11-21T08:18Z")))
                .hasSize(1);
    }

    @Test
    void a_time_to_the_second_that_was_the_same_in_each_control_is_no_clock_and_has_to_stay() {
        IntFunction<Response> event = run -> json("{\"start\": \"2026-03-01T12:00:00Z\"}");
        assertThat(differences(event, json("{\"start\": \"2026-03-01T12:00:00Z\"}")))
                .isEmpty();
        assertThat(differences(event, json("{\"start\": \"2026-03-01T10:00:00Z\"}")))
                .hasSize(1);
        IntFunction<Response> page = run -> text("Booked from 2026-03-01 12:00:00 on.");
        assertThat(differences(page, text("Booked from 2026-03-01 10:00:00 on.")))
                .hasSize(1);
    }

    @Test
    void answers_in_varying_order_are_compared_as_bags() {
        IntFunction<Response> list = run -> json(shuffled("""
                {"name": "cat", "id": "%s"}""", """
                {"name": "dog", "id": "%s"}""", """
                {"name": "owl", "id": "%s"}""", """
                {"name": "fox", "id": "%s"}"""));
        for (int i = 0; i < 20; i++) {
            Control control = Control.learn(runs(5, list));
            assertThat(control.differences(run(list.apply(9)))).isEmpty();
            assertThat(control.differences(run(json(shuffled("""
                            {"name": "cat", "id": "%s"}""", """
                            {"name": "dog", "id": "%s"}""", """
                            {"name": "owl", "id": "%s"}""", """
                            {"name": "cat", "id": "%s"}""")))))
                    .isNotEmpty();
            assertThat(control.differences(run(json(shuffled("""
                            {"name": "cat", "id": "%s"}"""))))).isNotEmpty();
        }
    }

    private static String shuffled(String... elements) {
        List<String> list = new ArrayList<>(Arrays.asList(elements));
        Collections.shuffle(list, RANDOM);
        return "["
                + String.join(
                        ",",
                        list.stream().map(e -> e.formatted(UUID.randomUUID())).toList()) + "]";
    }

    @Test
    void lines_in_varying_order_are_compared_as_bags() {
        IntFunction<Response> list = run -> {
            List<String> lines = new ArrayList<>(List.of("apples", "pears", "plums", "figs", "dates"));
            Collections.rotate(lines, run);
            return text(String.join("\n", lines));
        };
        assertThat(differences(list, list.apply(4))).isEmpty();
        assertThat(differences(list, text("apples\npears\nplums\nfigs"))).isNotEmpty();
        assertThat(differences(list, text("apples\npears\nplums\nfigs\nfigs"))).isNotEmpty();
    }

    @Test
    void a_list_of_varying_length_keeps_what_all_runs_have() {
        IntFunction<Response> list = run -> json("[{\"name\": \"cat\"}"
                + ",{\"name\": \"row %d\"}".formatted(millis()).repeat(1 + run % 3) + "]");
        assertThat(differences(list, list.apply(5))).isEmpty();
        assertThat(differences(list, json("[{\"name\": \"row 17\"}]")))
                .containsExactly("body: $[*] was \"{\"name\":\"cat\"}\" in the control and is missing in the fleet");
        assertThat(differences(list, json("[]")))
                .containsExactly(
                        "body: $ was a list that is never empty in the control and is an empty list in the fleet");
    }

    @Test
    void a_captured_value_has_to_be_the_one_of_the_same_run_when_it_comes_again() {
        IntFunction<List<Exchange>> clean = run -> {
            String id = UUID.randomUUID().toString();
            return List.of(
                    exchange(1, answered(json("{\"id\": \"" + id + "\"}")), Map.of("{{id}}", id)),
                    exchange(2, answered(json("{\"last\": \"/photos/" + id + "/raw\"}")), Map.of()),
                    exchange(3, answered(html("<a href='/photos/" + id + "'>photo</a>")), Map.of()));
        };
        Control control = Control.learn(List.of(clean.apply(0), clean.apply(1), clean.apply(2)));
        assertThat(control.differences(clean.apply(3))).isEmpty();
        List<Exchange> mixed = List.of(
                clean.apply(4).get(0), clean.apply(5).get(1), clean.apply(6).get(2));
        assertThat(control.differences(mixed))
                .extracting(Difference::toString)
                .satisfiesExactly(
                        second -> assertThat(second)
                                .startsWith("body: $.last was \"/photos/‹{{id}}›/raw\" in the control"),
                        third -> assertThat(third).startsWith("body: line 1 was \"<a href='/photos/‹{{id}}›'>\""));
    }

    @Test
    void what_an_instance_shows_of_itself_may_change_in_the_middle_of_a_conversation() {
        IntFunction<List<Exchange>> control = run -> run(
                json("{\"pid\": " + (4000 + run) + ", \"host\": \"web-" + run + "\"}"),
                json("{\"pid\": " + (4000 + run) + ", \"host\": \"web-" + run + "\"}"));
        Control learned = Control.learn(List.of(control.apply(0), control.apply(1), control.apply(2)));
        assertThat(learned.differences(
                        List.of(control.apply(3).get(0), control.apply(4).get(1))))
                .isEmpty();
    }

    @Test
    void small_numbers_that_the_database_gives_are_followed_too() {
        IntFunction<List<Exchange>> growing = id -> List.of(
                exchange(1, answered(json("{\"id\": " + id + ", \"count\": 1}")), Map.of("{{id}}", "" + id)),
                exchange(2, answered(json("{\"photo\": " + id + ", \"count\": 1}")), Map.of()));
        Control control = Control.learn(List.of(growing.apply(1), growing.apply(2), growing.apply(3)));
        assertThat(control.differences(growing.apply(17))).isEmpty();
        List<Exchange> mixed = List.of(growing.apply(4).get(0), growing.apply(5).get(1));
        assertThat(control.differences(mixed)).singleElement().asString().startsWith("body: $.photo was ");
    }

    @Test
    void values_that_the_scenario_draws_and_captures_are_known_by_their_names() {
        IntFunction<List<Exchange>> clean = run -> {
            String drawn = "r" + millis() + token();
            return List.of(
                    exchange(1, answered(json("{\"user\": \"" + drawn + "@b.c\"}")), Map.of("{{run}}", drawn)),
                    exchange(2, answered(text("Hello " + drawn + "%40b.c, welcome")), Map.of()));
        };
        Control control = Control.learn(List.of(clean.apply(0), clean.apply(1), clean.apply(2)));
        assertThat(control.differences(clean.apply(3))).isEmpty();
        assertThat(control.differences(
                        List.of(clean.apply(4).get(0), clean.apply(5).get(1))))
                .hasSize(1);
    }

    @Test
    void cookies_are_compared_by_name_and_by_what_becomes_of_them() {
        IntFunction<Response> page = run -> response(200, "", "Set-Cookie", "sid=" + token() + "; Path=/");
        assertThat(differences(page, page.apply(9))).isEmpty();
        assertThat(differences(page, response(200, "", "Set-Cookie", "sid=; Max-Age=0", "Set-Cookie", "flash=1")))
                .containsExactly(
                        "cookie sid set in the control, removed in the fleet",
                        "cookie flash untouched in the control, set in the fleet");
        assertThat(differences(page, response(200, "")))
                .containsExactly("cookie sid set in the control, untouched in the fleet");
    }

    @Test
    void where_a_redirect_goes_counts_and_the_address_of_the_instance_does_not() {
        IntFunction<Response> redirect =
                run -> response(302, "", "Location", "http://127.0.0.1:" + (5000 + run) + "/photos?page=2");
        assertThat(differences(redirect, response(302, "", "Location", "/photos?page=2")))
                .isEmpty();
        assertThat(differences(redirect, response(302, "", "Location", "http://localhost:1/login")))
                .containsExactly("header Location: \"/photos?page=2\" in the control, \"/login\" in the fleet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"%3D", "="})
    void the_padding_of_base64_inside_a_text_comes_and_goes_without_a_difference(String sign) {
        List<String> paddings = List.of("", sign, sign + sign);
        for (String usual : paddings) {
            for (String now : paddings) {
                assertThat(differences(
                                run -> response(202, "", "Location", "/uploads/new?state=" + base64() + usual),
                                response(202, "", "Location", "/uploads/new?state=" + base64() + now)))
                        .as("address with '%s' after '%s'", now, usual)
                        .isEmpty();
                assertThat(differences(
                                run -> response(200, "<a href=\"/go?state=" + base64() + usual + "&page=2\">"),
                                response(200, "<a href=\"/go?state=" + base64() + now + "&page=2\">")))
                        .as("link with '%s' after '%s'", now, usual)
                        .isEmpty();
            }
        }
        assertThat(differences(
                        run -> response(202, "", "Location", "/uploads/new?state=" + base64()),
                        response(202, "", "Location", "/uploads/new?state=")))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"Date", "X-Request-Id", "Age", "X-Cache", "Cache-Status", "traceparent", "ETag", "Content-Length"
            })
    void headers_of_the_moment_do_not_count(String name) {
        assertThat(differences(run -> response(200, ""), response(200, "", name, "17")))
                .isEmpty();
    }

    @Test
    void headers_of_rate_limits_count() {
        assertThat(differences(
                        run -> response(200, "", "X-RateLimit-Remaining", "8"),
                        response(200, "", "X-RateLimit-Remaining", "9")))
                .containsExactly("header X-Ratelimit-Remaining: \"8\" in the control, \"9\" in the fleet");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            image/png; a | image/png; a |
            image/png; a | image/png; b | body: its sha256 was
            text/plain   | image/png    | header Content-Type:
            """)
    void bytes_are_compared_by_their_hash(String control, String fleet, String difference) {
        List<String> found = differences(
                run -> response(200, "\0" + control, "Content-Type", control.replaceFirst(";.*", "")),
                response(200, "\0" + fleet, "Content-Type", fleet.replaceFirst(";.*", "")));
        if (difference == null) {
            assertThat(found).isEmpty();
        } else {
            assertThat(found).anyMatch(words -> words.startsWith(difference));
        }
    }

    @Test
    void the_control_tells_what_varied_and_what_flickers() {
        Control control = Control.learn(runs(3, run -> response(run == 1 ? 500 : 200, "pid " + (4000 + run))));
        assertThat(control.flickering()).isEqualTo(Set.of(1));
        assertThat(control.noise())
                .extracting(Noise::toString)
                .containsExactly("step 1 $.status: a number as \"200\"", "step 1 $.lines[0]: \"pid …\"");
    }

    @Test
    void every_run_that_a_control_was_learned_from_agrees_with_it() {
        Random random = new Random(17);
        for (int i = 0; i < 1_000; i++) {
            JsonNode common = node(random, 4);
            List<List<Exchange>> runs = runs(
                    3 + random.nextInt(3),
                    run -> random.nextBoolean() ? json(varied(random, common).toString()) : json(common.toString()));
            Control control = Control.learn(runs);
            for (List<Exchange> run : runs) {
                assertThat(control.differences(run)).as(common.toString()).isEmpty();
            }
            List<List<Exchange>> pages = runs(
                    3 + random.nextInt(3),
                    run -> html(varied(random, common).toString().replace(',', random.nextBoolean() ? '\n' : '<')));
            Control text = Control.learn(pages);
            for (List<Exchange> page : pages) {
                assertThat(text.differences(page)).as(common.toString()).isEmpty();
            }
        }
    }

    private static JsonNode node(Random random, int depth) {
        return switch (random.nextInt(depth == 0 ? 4 : 7)) {
            case 0 -> JsonNodeFactory.instance.numberNode(random.nextInt(5));
            case 1 -> JsonNodeFactory.instance.nullNode();
            case 2 -> JsonNodeFactory.instance.stringNode("a b.c/d \\E$1 (.*?) " + random.nextInt(3));
            case 3 -> JsonNodeFactory.instance.stringNode(Integer.toString(random.nextInt(2000), 36));
            case 4 -> {
                ObjectNode object = JsonNodeFactory.instance.objectNode();
                for (int size = random.nextInt(4); size > 0; size--) {
                    object.set("f" + random.nextInt(4), node(random, depth - 1));
                }
                yield object;
            }
            default -> {
                ArrayNode array = JsonNodeFactory.instance.arrayNode();
                for (int size = random.nextInt(5); size > 0; size--) {
                    array.add(node(random, depth - 1));
                }
                yield array;
            }
        };
    }

    /** The same with leaves changed, elements moved, added and left out. */
    private static JsonNode varied(Random random, JsonNode node) {
        if (random.nextInt(12) == 0) {
            return node(random, 1);
        }
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            node.forEachEntry((name, value) -> {
                if (random.nextInt(20) > 0) {
                    object.set(name, varied(random, value));
                }
            });
            return object;
        }
        if (node.isArray()) {
            List<JsonNode> elements = new ArrayList<>(node.values());
            if (random.nextInt(3) == 0) {
                Collections.shuffle(elements, random);
            }
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            elements.forEach(element -> array.add(varied(random, element)));
            return array;
        }
        return node;
    }

    @Test
    void two_runs_are_no_control() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Control.learn(runs(2, run -> json("{}"))))
                .withMessageContaining("3 runs or more");
    }

    @Test
    void what_is_there_in_one_run_and_not_in_another_varies_in_kind_and_a_value_does_not() {
        assertThat(Control.learn(runs(3, run -> json("{\"id\": \"" + UUID.randomUUID() + "\", \"n\": " + run + "}")))
                        .varyingInKind())
                .isEmpty();
        assertThat(Control.learn(runs(3, run -> json(run == 1 ? "{\"user\": null}" : "{\"user\": \"ann\"}")))
                        .varyingInKind())
                .containsExactly("step 1 $.json.user");
        assertThat(Control.learn(runs(3, run -> json(run == 1 ? "{}" : "{\"user\": \"ann\"}")))
                        .varyingInKind())
                .containsExactly("step 1 $.json");
        assertThat(Control.learn(runs(3, run -> json(run == 1 ? "[]" : "[\"rake\"]")))
                        .varyingInKind())
                .containsExactly("step 1 $.json");
        assertThat(Control.learn(runs(3, run -> response(run == 1 ? 302 : 200, "")))
                        .varyingInKind())
                .containsExactly("step 1 $.status");
    }

    @Test
    void a_number_that_was_the_same_by_chance_is_noise_once_an_unsplit_run_had_another() {
        Control control = Control.learn(runs(3, run -> json("{\"name\": \"ann\", \"freeMegabytes\": 512}")));
        List<Exchange> unsplit = run(json("{\"name\": \"ann\", \"freeMegabytes\": 511}"));
        assertThat(control.differences(unsplit)).hasSize(1);
        Control wiser = control.with(unsplit);
        assertThat(wiser.differences(unsplit)).isEmpty();
        assertThat(wiser.differences(run(json("{\"name\": \"ann\", \"freeMegabytes\": 498}"))))
                .isEmpty();
        assertThat(wiser.differences(run(json("{\"name\": \"bob\", \"freeMegabytes\": 498}"))))
                .hasSize(1);
        assertThat(control.differences(unsplit)).as("the control itself").hasSize(1);
    }

    @Test
    void a_control_learns_from_a_run_that_ended_early_what_the_run_has() {
        Control control = Control.learn(List.of(1, 2, 3).stream()
                .map(run -> run(json("{\"load\": 1}"), json("{\"left\": 1}"), json("{\"left\": " + run + "}")))
                .toList());
        Control wiser = control.with(run(json("{\"load\": 2}")));
        assertThat(wiser.differences(run(json("{\"load\": 3}"), json("{\"left\": 2}"), json("{\"left\": 7}"))))
                .extracting(Difference::toString)
                .containsExactly("body: $.left was 1 in the control and is 2 in the fleet");
    }

    @Test
    void a_control_learns_nothing_from_a_run_that_failed_or_had_other_steps() {
        Control control = Control.learn(runs(3, run -> json("{}")));
        Exchange answered = run(json("{}")).getFirst();
        Exchange unmet = unmet(answered, "expected status 200, got 401");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.with(List.of(unmet)))
                .withMessageContaining("step 1 was not answered as expected");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> control.with(run(json("{}"), json("{}"))))
                .withMessageContaining("learns nothing from the steps [1, 2]");
    }

    private static List<String> differences(IntFunction<Response> control, Response fleet) {
        return Control.learn(runs(3, control)).differences(run(fleet)).stream()
                .map(Difference::toString)
                .toList();
    }

    private static Exchange unmet(Exchange answered, String expectation) {
        return new Exchange(
                answered.step(),
                answered.target(),
                answered.outcome(),
                List.of(expectation),
                Map.of(),
                1,
                answered.at(),
                answered.took());
    }

    private static List<List<Exchange>> runs(int count, IntFunction<Response> responses) {
        return IntStream.range(0, count)
                .mapToObj(run -> run(responses.apply(run)))
                .toList();
    }

    private static List<Exchange> run(Response... responses) {
        return IntStream.range(0, responses.length)
                .mapToObj(i -> exchange(i + 1, answered(responses[i]), Map.of()))
                .toList();
    }

    private static Outcome answered(Response response) {
        return new Outcome.Answered(new SentRequest("GET", "/", List.of(), ""), response);
    }

    private static Exchange exchange(int number, Outcome outcome, Map<String, String> values) {
        List<Step> steps = StepLines.read(Collections.nCopies(number, "/"), Path.of("."), Set.of())
                .steps();
        Target target = new Target("web.1", URI.create("http://127.0.0.1:1"));
        return new Exchange(steps.getLast(), target, outcome, List.of(), values, 1, Instant.EPOCH, Duration.ZERO);
    }

    private static Response json(String body) {
        return response(200, body, "Content-Type", "application/json; charset=utf-8");
    }

    private static Response html(String body) {
        return response(200, body, "Content-Type", "text/html");
    }

    private static Response text(String body) {
        return response(200, body, "Content-Type", "text/plain");
    }

    private static Response response(int status, String body, String... headers) {
        List<Header> list = new ArrayList<>();
        for (int i = 0; i < headers.length; i += 2) {
            list.add(new Header(headers[i], headers[i + 1]));
        }
        return new Response(status, list, Content.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    private static String base64() {
        byte[] bytes = new byte[60];
        ThreadLocalRandom.current().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String now() {
        return Instant.ofEpochMilli(1_700_000_000_000L + RANDOM.nextLong(100_000_000_000L))
                .toString();
    }

    private static long millis() {
        return RANDOM.nextLong(1, 1_000_000);
    }

    private static String token() {
        return hex(16);
    }

    private static String hex(int bytes) {
        byte[] random = new byte[bytes];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
