package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.coatcheck.postgres.PostgresUrl.Host;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresUrlTest {

    @ParameterizedTest
    @ValueSource(strings = {"postgresql://", "postgres://", "jdbc:postgresql://"})
    void a_url_says_where_the_database_is_and_who_asks(String scheme) {
        var url =
                PostgresUrl.parse(scheme + "ada:secret@db.example.org:6543/gallery?sslmode=require&connect_timeout=3");

        assertThat(url)
                .isEqualTo(new PostgresUrl(
                        List.of(new Host("db.example.org", 6543)),
                        "gallery",
                        "ada",
                        Optional.of("secret"),
                        Map.of("sslmode", "require", "connect_timeout", "3")));
        assertThat(url.driverUrl()).isEqualTo("jdbc:postgresql://db.example.org:6543/gallery");
    }

    @Test
    void the_tcp_port_the_password_and_parameters_may_be_missing() {
        var url = PostgresUrl.parse("postgresql://ada@db_1/gallery");

        assertThat(url.hosts()).containsExactly(new Host("db_1", 5432));
        assertThat(url.password()).isEmpty();
        assertThat(url.parameters()).isEmpty();
    }

    @Test
    void an_empty_password_is_a_password_and_a_trailing_question_mark_means_nothing() {
        var url = PostgresUrl.parse("postgresql://ada:@db/gallery?");

        assertThat(url.password()).contains("");
        assertThat(url.parameters()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "p%40ss%3Aw%2Frd%3F%25, p@ss:w/rd?%",
        "a+b, a+b",
        "%C3%A9%F0%9F%A7%A5, é🧥",
        "raw@sign, raw@sign",
        "with:colon, with:colon",
        "é, é"
    })
    void passwords_are_percent_encoded_and_forgiven_what_is_not_ambiguous(String encoded, String password) {
        var url = PostgresUrl.parse("postgresql://ada:" + encoded + "@db/gallery");

        assertThat(url.password()).contains(password);
        assertThat(url.user()).isEqualTo("ada");
        assertThat(url.hosts()).containsExactly(new Host("db", 5432));
    }

    @Test
    void names_are_percent_encoded_too() {
        var url = PostgresUrl.parse("postgresql://a%20b@db/my%20gallery%2F1?application_name=a%26b%3Dc");

        assertThat(url.user()).isEqualTo("a b");
        assertThat(url.database()).isEqualTo("my gallery/1");
        assertThat(url.driverUrl()).isEqualTo("jdbc:postgresql://db:5432/my%20gallery%2F1");
        assertThat(url.parameters()).isEqualTo(Map.of("application_name", "a&b=c"));
    }

    @ParameterizedTest
    @CsvSource({"[::1]:6543, ::1, 6543", "[2001:db8::1], 2001:db8::1, 5432"})
    void an_ipv6_address_stands_in_brackets(String text, String name, int tcpPort) {
        var url = PostgresUrl.parse("postgresql://ada@" + text + "/gallery");

        assertThat(url.hosts()).containsExactly(new Host(name, tcpPort));
        assertThat(url.driverUrl()).isEqualTo("jdbc:postgresql://[" + name + "]:" + tcpPort + "/gallery");
    }

    @Test
    void several_hosts_are_tried_in_turn() {
        var url = PostgresUrl.parse("postgresql://ada@one:1,[::2]:2,three/gallery?target_session_attrs=read-write");

        assertThat(url.hosts()).containsExactly(new Host("one", 1), new Host("::2", 2), new Host("three", 5432));
        assertThat(url.resource()).isEqualTo("postgresql at one:1,[::2]:2,three:5432/gallery");
    }

    @Test
    void the_drivers_own_urls_carry_the_login_as_parameters() {
        var url = PostgresUrl.parse("jdbc:postgresql://db/gallery?user=ada&password=secret&sslmode=disable");

        assertThat(url.user()).isEqualTo("ada");
        assertThat(url.password()).contains("secret");
        assertThat(url.parameters()).containsOnlyKeys("sslmode");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                        | begin with postgresql://",
                "mysql://ada:s3cret@db/gallery             | begin with postgresql://",
                "ada:s3cret@db/gallery                     | begin with postgresql://",
                "postgresql://ada:s3cret@db                | names no database",
                "postgresql://ada:s3cret@db/               | names no database",
                "postgresql://ada:s3cret@db/?a=b           | names no database",
                "postgresql://db/gallery                   | names no user",
                "postgresql://:s3cret@db/gallery           | names no user",
                "postgresql://ada:s3cret@/gallery          | names no host",
                "postgresql://ada:s3cret@:5432/gallery     | names no host",
                "postgresql://ada:s3cret@one,,two/gallery  | names no host",
                "postgresql://ada:s3cret@%2Ftmp/gallery    | over TCP only",
                "postgresql://ada:s3cret@db:/gallery       | no TCP port",
                "postgresql://ada:s3cret@db:0/gallery      | no TCP port",
                "postgresql://ada:s3cret@db:65536/gallery  | no TCP port",
                "postgresql://ada:s3cret@db:-1/gallery     | no TCP port",
                "postgresql://ada:s3cret@::1/gallery       | names no host",
                "postgresql://ada:s3cret@[::1/gallery      | not closed",
                "postgresql://ada:s3cret@%5B::1%5D/gallery | no TCP port",
                "postgresql://ada:s3cret@[::1]x/gallery    | between an IPv6 address and its TCP port",
                "postgresql://ada:s3cret/x@db/gallery      | there is an @ after the first /",
                "postgresql://ada:s3cret%@db/gallery       | in the password a % is not followed",
                "postgresql://ada:s3cret%zz@db/gallery     | in the password a % is not followed",
                "postgresql://ada:s3cret%00@db/gallery     | in the password a % is not followed",
                "postgresql://ada:s3cret%ff@db/gallery     | the password is not UTF-8",
                "postgresql://ada:s3cret@db/gallery?s3cret | a parameter has no value"
            })
    void what_is_wrong_with_a_url_is_told_without_the_password(String url, String why) {
        assertThatThrownBy(() -> PostgresUrl.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(why)
                .hasMessageContaining("postgresql://user:password@host:port/name")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void nothing_that_a_log_may_show_holds_the_password() {
        var url = PostgresUrl.parse("postgresql://ada:s3cret@db/gallery?password=s3cret&sslpassword=s3cret");

        assertThat(url.toString()).isEqualTo("postgresql at db:5432/gallery");
        assertThat(url.driverUrl()).doesNotContain("s3cret");
        assertThat(Postgres.attach("postgresql://ada:s3cret@db/gallery")).hasToString("postgresql at db:5432/gallery");
    }

    @Test
    void a_variable_that_is_not_set_is_what_is_wrong() {
        assertThatThrownBy(() -> PostgresUrl.parse(null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("it is null, as where its variable is not set; expected");
    }
}
