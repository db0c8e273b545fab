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
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShortIdsTest {
    private static final String SMALL = "abcdefghijklmnopqrstuvwxyz";
    private static final String LARGE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private static final String DIGITS = "0123456789";

    /** Of which ids are made, and how long they are. */
    enum Alphabet {
        BASE64URL(SMALL + LARGE + DIGITS + "-_", 7, 7),
        SHORTID(SMALL + LARGE + DIGITS + "-_", 7, 9),
        BASE62(SMALL + LARGE + DIGITS, 8, 8),
        BASE36(SMALL + DIGITS, 7, 7),
        LONG_BASE36(SMALL + DIGITS, 12, 12),
        SMALL_WITH_SIGNS(SMALL + DIGITS + "-_", 8, 8),
        CAPITALS(LARGE + DIGITS, 6, 6);

        private final String characters;
        private final int shortest;
        private final int longest;

        Alphabet(String characters, int shortest, int longest) {
            this.characters = characters;
            this.shortest = shortest;
            this.longest = longest;
        }

        String id(Random random) {
            StringBuilder id = new StringBuilder();
            for (int length = random.nextInt(shortest, longest + 1); length > 0; length--) {
                id.append(characters.charAt(random.nextInt(characters.length())));
            }
            return id.toString();
        }
    }

    @ParameterizedTest
    @EnumSource
    void another_random_id_is_no_difference(Alphabet alphabet) {
        Random random = new Random(17);
        for (int i = 0; i < 200; i++) {
            List<String> ids =
                    Stream.generate(() -> alphabet.id(random)).limit(4).toList();
            Control control = control(ids.subList(0, 3));
            assertThat(control.differences(run(ids.getLast())))
                    .as(ids.toString())
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void what_stands_in_the_place_of_a_random_id_is_a_difference(Alphabet alphabet) {
        Random random = new Random(17);
        for (int i = 0; i < 50; i++) {
            List<String> ids =
                    Stream.generate(() -> alphabet.id(random)).limit(4).toList();
            Control control = control(ids.subList(0, 3));
            for (String other : List.of(
                    "",
                    "error",
                    "unknown",
                    "undefined",
                    "not found",
                    "not-found",
                    "no-such-post-any-more",
                    ids.get(3) + ids.get(0),
                    ids.get(3) + " is taken")) {
                assertThat(control.differences(run(other)))
                        .as(ids + " " + other)
                        .isNotEmpty();
            }
        }
    }

    @Test
    void random_numbers_in_letters_and_digits_are_of_one_shape_whatever_length_they_happen_to_have() {
        for (String last : List.of("oxokdcgemy", "kzsc01a9x", "wyjnigsodkq", "0eiqoi82cms12")) {
            Shape shape = Shape.of(List.of("g548ueys01e", "32k1e03vxhv", "h1k6vs9bzjb"));
            assertThat(shape.fits(last)).as(last).isTrue();
        }
        assertThat(Shape.of(List.of("mwriqieb", "mwrjfjfy", "mwrjvdtc")).fits("mwri6b4f"))
                .isTrue();
        assertThat(Shape.of(List.of("384rhn", "s5q1d8", "3mdxe8")).fits("jvbyw"))
                .isTrue();
        assertThat(Shape.of(List.of("red-owl-4912", "happy-cat-3762", "happy-horse-7757"))
                        .fits("red-owl-95"))
                .isTrue();
    }

    @Test
    void short_random_bytes_are_of_one_shape_in_whatever_signs_they_are_written() {
        assertThat(Shape.of(List.of("LcZHWA==", "/nxErw==", "SccUCA==")).fits("H28rkA=="))
                .isTrue();
        assertThat(Shape.of(List.of("3166", "4682", "0917")).fits("ddbb")).isTrue();
        assertThat(Shape.of(List.of("3166", "4682", "0917")).fits("none")).isFalse();
        assertThat(Shape.of(List.of("3166", "46", "917")).fits("ddbb")).isFalse();
    }

    @Test
    void an_id_without_a_digit_is_followed_like_any_other() {
        Control control = control(List.of("k7Tq_aB", "pQwErTz", "Zx9-0aa"));
        List<Exchange> mixed = List.of(run("aBcDeFg").getFirst(), run("hIjKlMn").getLast());
        assertThat(control.differences(mixed))
                .extracting(Difference::toString)
                .containsExactly(
                        "body: $.id was \"‹the id of step 1›\" in the control and is \"hIjKlMn\" in the fleet",
                        "body: $.edit was \"/posts/‹the id of step 1›/edit\" in the control and is"
                                + " \"/posts/hIjKlMn/edit\" in the fleet");
    }

    @Test
    void words_that_vary_are_no_tokens() {
        Shape names = Shape.of(List.of("Alice", "Bob", "Carol"));
        assertThat(names.form()).isEqualTo(Shape.Form.FREE);
        assertThat(names.fits("Dave")).isTrue();
        assertThat(names.fits("user-1")).isFalse();
    }

    private static Control control(List<String> ids) {
        return Control.learn(ids.stream().map(ShortIdsTest::run).toList());
    }

    /** A conversation in which a post is made, and read. */
    private static List<Exchange> run(String id) {
        Response created = new Response(
                201,
                List.of(new Header("Location", "/posts/" + id), new Header("Content-Type", "application/json")),
                Content.of("{\"id\": \"%s\", \"title\": \"x\"}".formatted(id).getBytes(StandardCharsets.UTF_8)));
        Response shown = new Response(
                200,
                List.of(new Header("Content-Type", "application/json")),
                Content.of("{\"id\": \"%1$s\", \"edit\": \"/posts/%1$s/edit\"}"
                        .formatted(id)
                        .getBytes(StandardCharsets.UTF_8)));
        return List.of(exchange(1, "POST", created), exchange(2, "GET", shown));
    }

    private static Exchange exchange(int number, String method, Response response) {
        Step step = StepLines.read(List.of("/", "/"), Path.of("."), Set.of())
                .steps()
                .get(number - 1)
                .withRequest(Request.of(method, Template.parse("/posts")));
        return new Exchange(
                step,
                new Target("web.1", URI.create("http://127.0.0.1:1")),
                new Outcome.Answered(new SentRequest(method, "/posts", List.of(), ""), response),
                List.of(),
                Map.of(),
                1,
                Instant.EPOCH,
                Duration.ZERO);
    }
}
