package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SessionJsonTest {
    enum Theme {
        LIGHT,
        DARK {
            @Override
            public String toString() {
                return "dark indeed";
            }
        }
    }

    record Item(String name, BigDecimal price, Instant added) {}

    record Cart(List<Item> items, Theme theme) {}

    record Renamed(String name, int amount, @Nullable String note) {}

    record Loose(@JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object anything) {}

    record Booking(OffsetDateTime from, ZonedDateTime until) {}

    static final class Basket extends ArrayList<Item> {
        private static final long serialVersionUID = 1L;
    }

    static final class Flash extends HashMap<String, Object> {
        private static final long serialVersionUID = 1L;
    }

    static final class Loosely extends HashMap<String, Object> {
        private static final long serialVersionUID = 1L;
    }

    private static final JsonForm<Flash> OF_FLASH = new JsonForm<>() {
        @Override
        public String write(Flash flash) {
            return "\"" + flash.get("message") + "\"";
        }

        @Override
        public Flash read(String json) {
            var flash = new Flash();
            flash.put("message", json.replace("\"", ""));
            return flash;
        }
    };

    /** Allowed by nobody, though its name begins as one does that is. */
    record LooseEnd(String text) {}

    /** Which Jackson would write by its fields, if it could. */
    static final class Money {
        private final long cents;

        Money(long cents) {
            this.cents = cents;
        }
    }

    private static final JsonForm<Money> OF_MONEY = new JsonForm<>() {
        @Override
        public String write(Money money) {
            if (money.cents < 0) {
                throw new IllegalStateException("there is no less than none");
            }
            return "{\"cents\" : [%d, 0.10]}".formatted(money.cents);
        }

        @Override
        public Money read(String json) {
            return new Money(Long.parseLong(json.replace("{\"cents\":[", "").replace(",0.10]}", "")));
        }
    };

    private final SessionJson json = new SessionJson(
            Map.of(
                    "cart",
                    Cart.class,
                    "theme",
                    Theme.class,
                    "renamed",
                    Renamed.class,
                    "loose",
                    Loose.class,
                    "money",
                    Money.class,
                    "booking",
                    Booking.class,
                    "basket",
                    Basket.class,
                    "flash",
                    Flash.class,
                    "loosely",
                    Loosely.class),
            Map.of("money", OF_MONEY, "flash", OF_FLASH));

    static Stream<Object> values() {
        return Stream.of(
                "",
                "dark ☂ \" \u0000 \uD83D\uDE00",
                true,
                Integer.MIN_VALUE,
                Long.MAX_VALUE,
                1.0,
                -0.0,
                Double.MIN_VALUE,
                1.5f,
                (short) 3,
                (byte) 4,
                'x',
                new BigDecimal("1.10"),
                new BigInteger("123456789012345678901234567890"),
                Instant.parse("2026-11-21T10:15:30.123456789Z"),
                LocalDate.of(2026, 11, 21),
                LocalTime.of(10, 15),
                LocalDateTime.of(2026, 11, 21, 10, 15),
                Duration.ofMillis(1_234),
                UUID.fromString("0190163d-8694-739b-aea5-966c26f8ad91"),
                URI.create("https://example.org/a?b"),
                Theme.LIGHT,
                Theme.DARK,
                new ArrayList<>(Arrays.asList("a", 1, null, List.of(2L))),
                new LinkedHashSet<>(List.of("z", "a")),
                new LinkedHashMap<>(Map.of("a", 1, "b", List.of(Theme.DARK))),
                new Cart(List.of(new Item("coat", new BigDecimal("9.90"), Instant.EPOCH)), Theme.DARK),
                new Booking(
                        OffsetDateTime.parse("2026-07-01T10:00+02:00"),
                        ZonedDateTime.of(LocalDateTime.of(2026, 7, 1, 18, 0), ZoneId.of("Europe/Berlin"))),
                new Booking(
                        OffsetDateTime.parse("2026-07-01T10:00Z"),
                        ZonedDateTime.of(LocalDateTime.of(2026, 7, 1, 18, 0), ZoneId.of("UTC"))));
    }

    @Test
    void a_list_and_a_map_of_a_type_that_was_named_come_back_as_that() throws Exception {
        var basket = new Basket();
        basket.add(new Item("coat", new BigDecimal("9.90"), Instant.EPOCH));
        var flash = new Flash();
        flash.put("message", "saved");

        assertThat(json.read(json.write("basket", basket)))
                .isInstanceOf(Basket.class)
                .isEqualTo(basket);
        assertThat(json.read(json.write("flashes", List.of(flash))))
                .asInstanceOf(LIST)
                .singleElement()
                .isInstanceOf(Flash.class)
                .isEqualTo(flash);
    }

    @Test
    void a_map_of_any_objects_keeps_their_types_rather_than_its_own() throws Exception {
        var loose = new Loosely();
        loose.put("at", Instant.EPOCH);

        assertThat(json.read(json.write("loosely", loose))).isEqualTo(Map.of("at", Instant.EPOCH));
    }

    @ParameterizedTest
    @MethodSource("values")
    void a_value_comes_back_as_it_was(Object value) throws UnreadableValueException {
        var read = json.read(json.write("a", value));

        assertThat(read).isEqualTo(value).hasSameClassAs(value instanceof Theme ? read : value);
    }

    @Test
    void bytes_come_back_as_they_were() throws UnreadableValueException {
        assertThat(json.read(json.write("a", new byte[] {0, -1, 127}))).isEqualTo(new byte[] {0, -1, 127});
    }

    @Test
    void a_value_with_a_form_of_its_own_comes_back_by_it_also_from_within_a_list() throws UnreadableValueException {
        var stored = json.write("a", new ArrayList<>(List.of(new Money(5), "next")));

        assertThat(json.read(stored))
                .asInstanceOf(LIST)
                .satisfies(list -> assertThat(((Money) list.getFirst()).cents).isEqualTo(5))
                .last()
                .isEqualTo("next");
    }

    @Test
    void a_form_that_refuses_what_it_is_given_refuses_the_attribute() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> json.requireReadable("price", new Money(-1)))
                .withMessageContaining("\"price\"")
                .withMessageContaining("there is no less than none");
        for (var stored : List.of("true", "null", "{}", "{\"cents\":[many,0.10]}", "{\"cents\":[\"x\",0.10]}")) {
            assertThatThrownBy(() -> json.read("{\"v\":1,\"type\":\"money\",\"value\":" + stored + "}"))
                    .as(stored)
                    .isInstanceOf(UnreadableValueException.class);
        }
    }

    @Test
    void plain_values_are_plain_json() {
        assertThat(json.write("a", "x")).isEqualTo("\"x\"");
        assertThat(json.write("a", 5)).isEqualTo("5");
        assertThat(json.write("a", 5L)).isEqualTo("{\"v\":1,\"type\":\"long\",\"value\":5}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "null",
                "[1]",
                "{}",
                "{\"v\":1}",
                "{\"v\":1,\"type\":\"list\"",
                "{\"v\":2,\"type\":\"long\",\"value\":5}",
                "{\"v\":1,\"type\":\"long\",\"value\":\"many\"}",
                "{\"v\":1,\"type\":\"javax.swing.JEditorPane\",\"value\":{\"page\":\"http://localhost/\"}}",
                "{\"v\":1,\"type\":\"java.lang.Thread\",\"value\":{}}",
                "{\"v\":1,\"type\":\"cart\",\"value\":\"text\"}",
                "{\"v\":1,\"type\":\"cart\",\"value\":null}",
                "{\"v\":1,\"type\":\"theme\",\"value\":\"PURPLE\"}",
                "{\"v\":1,\"type\":\"loose\",\"value\":{\"anything\":{\"@class\":\"java.net.URL\",\"x\":1}}}",
                "[\"javax.swing.JEditorPane\",{}]"
            })
    void what_is_not_of_the_format_or_not_allowed_is_unreadable(String stored) {
        assertThatThrownBy(() -> json.read(stored)).isInstanceOf(UnreadableValueException.class);
    }

    @Test
    void a_type_is_allowed_by_its_whole_name() throws UnreadableValueException {
        var stored = "{\"v\":1,\"type\":\"loose\",\"value\":{\"anything\":{\"@class\":\"%s\",%s}}}";
        var renamed = stored.formatted(Renamed.class.getName(), "\"name\":\"coat\",\"amount\":1");
        var looseEnd = stored.formatted(LooseEnd.class.getName(), "\"text\":\"x\"");

        assertThat(json.read(renamed)).isEqualTo(new Loose(new Renamed("coat", 1, null)));
        assertThatThrownBy(() -> json.read(looseEnd)).isInstanceOf(UnreadableValueException.class);
    }

    @Test
    void deeply_nested_json_is_unreadable_and_breaks_nothing() {
        assertThatThrownBy(() -> json.read("[".repeat(100_000))).isInstanceOf(UnreadableValueException.class);
        assertThatThrownBy(() -> json.read("{\"v\":1,\"type\":\"list\",\"value\":[".repeat(100_000)))
                .isInstanceOf(UnreadableValueException.class);
    }

    @Test
    void a_class_that_gained_and_lost_properties_is_still_read() throws UnreadableValueException {
        var older = "{\"v\":1,\"type\":\"renamed\",\"value\":{\"name\":\"coat\",\"gone\":true}}";

        assertThat(json.read(older)).isEqualTo(new Renamed("coat", 0, null));
    }

    @Test
    void values_that_cannot_be_kept_are_refused_with_attribute_and_type() {
        var cyclic = new ArrayList<Object>();
        cyclic.add(cyclic);

        for (Object value :
                List.of(new Object(), Double.NaN, Map.of(1, "x"), new int[0], cyclic, List.of(new Object()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> json.requireReadable("cart", value))
                    .withMessageContaining("\"cart\"")
                    .withMessageContaining(value.getClass().getName());
        }
    }

    @Test
    void a_value_that_could_not_be_read_back_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> json.requireReadable("loose", new Loose(URI.create("x:y"))))
                .withMessageContaining("loose");
    }

    @Test
    void a_name_for_two_types_is_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionJson(Map.of("list", Cart.class), Map.of()));
        assertThatIllegalArgumentException().isThrownBy(() -> new SessionJson(Map.of("long", Cart.class), Map.of()));
    }

    @Test
    void a_second_name_for_a_type_is_refused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionJson(Map.of("cart", Cart.class, "basket", Cart.class), Map.of()))
                .withMessageContainingAll(Cart.class.getName(), "\"cart\"", "\"basket\"");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new SessionJson(Map.of("java.lang.Long", Long.class), Map.of()))
                .withMessageContainingAll("\"long\"", "\"java.lang.Long\"");
    }
}
