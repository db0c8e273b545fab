package dev.coatcheck.prove.location;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NeedlesTest {
    private static final String COOKIE = "the cookie sid of step 1";

    @Test
    void a_value_is_looked_for_as_it_is_and_hashed() {
        assertThat(Needles.from(Map.of(COOKIE, "correct-horse")))
                .extracting(Needle::origin, Needle::text)
                .contains(
                        tuple(COOKIE, "correct-horse"),
                        tuple(
                                COOKIE + " (SHA-256 of it)",
                                "9dca666eb54730714630d1519264a7bf1eeaad00b8f2edc90d3ecbfad928d163"));
    }

    @Test
    void a_signed_cookie_is_looked_for_by_the_id_in_it() {
        assertThat(texts("s%3Aq1w2e3r4t5y6u7i8.Zm9vYmFyYmF6cXV4Zm9v%2Fg"))
                .contains("s:q1w2e3r4t5y6u7i8.Zm9vYmFyYmF6cXV4Zm9v/g", "q1w2e3r4t5y6u7i8");
        assertThat(texts("BAh7CEkiD3Nlc3Npb25faWQGOgZFVEki--0123456789abcdef0123"))
                .contains("BAh7CEkiD3Nlc3Npb25faWQGOgZFVEki", "0123456789abcdef0123");
    }

    @Test
    void a_token_with_parts_in_base64_is_looked_for_by_what_they_say() {
        // {"alg":"HS256"} . {"session":"q1w2e3r4t5y6u7i8"} . signature
        assertThat(texts("eyJhbGciOiJIUzI1NiJ9.eyJzZXNzaW9uIjoicTF3MmUzcjR0NXk2dTdpOCJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ"))
                .contains("{\"session\":\"q1w2e3r4t5y6u7i8\"}", "q1w2e3r4t5y6u7i8");
    }

    @Test
    void an_escaped_text_is_looked_for_too() {
        assertThat(texts("Tom & \"Jerry\""))
                .contains("Tom &amp; &quot;Jerry&quot;", "Tom & \\\"Jerry\\\"", "Tom+%26+%22Jerry%22");
    }

    @Test
    void a_uuid_is_looked_for_as_sixteen_bytes() {
        assertThat(Needles.from(Map.of(COOKIE, "33958B05-822f-447a-81f9-78f326f243fb")))
                .contains(new Needle(COOKIE, "as 16 bytes", "33958b05822f447a81f978f326f243fb", Needle.Form.BYTES));
    }

    @Test
    void what_says_nothing_is_no_needle() {
        assertThat(Needles.from(Map.of("a", "alice", "b", "1234", "c", "aaaaaaaa")))
                .noneMatch(Needle::isValueItself);
        assertThat(texts("alice1")).contains("alice1");
        assertThat(texts("12345")).contains("12345");
    }

    @Test
    void what_the_application_has_in_its_own_files_is_no_needle(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("server.js"), "if (password === 'open sesame') greet();");
        Files.createDirectory(folder.resolve("node_modules"));
        Files.writeString(folder.resolve("node_modules/a.js"), "q1w2e3r4t5y6u7i8");
        Files.writeString(folder.resolve("log-in.hurl"), "POST /login\n[Form]\nsid: q1w2e3r4t5y6u7i8\n");

        assertThat(Needles.from(Map.of("the password", "open sesame", COOKIE, "q1w2e3r4t5y6u7i8"), List.of(folder)))
                .extracting(Needle::source)
                .isNotEmpty()
                .containsOnly(COOKIE);
    }

    @Test
    void what_an_earlier_proof_reported_beside_the_application_stays_a_needle(@TempDir Path folder) throws IOException {
        Path reported = Files.createDirectory(folder.resolve("proof"));
        Files.writeString(reported.resolve("report.sarif"), "{}");
        Files.writeString(reported.resolve("report.html"), "GET /plants/orchid");
        Files.writeString(folder.resolve("out.txt"), "See it again:\n  coatcheck prove --step 'PUT /plants/orchid'");
        Files.writeString(folder.resolve("accepted.json"), "{ \"polluter\": \"PUT /plants/orchid\" }");

        assertThat(Needles.from(Map.of("part 2 of the path", "orchid"), List.of(folder)))
                .isNotEmpty();
    }

    @Test
    void a_needle_is_shown_by_its_beginning_alone() {
        assertThat(new Needle(COOKIE, "", "q1w2e3r4t5y6u7i8", Needle.Form.TEXT).shown())
                .isEqualTo("q1w2e3…");
    }

    @Test
    void of_a_short_value_half_is_shown_at_most() {
        assertThat(Needle.shortened("4711x")).isEqualTo("47…");
        assertThat(Needle.shortened("7")).isEqualTo("…");
    }

    private static List<String> texts(String value) {
        return Needles.from(Map.of(COOKIE, value)).stream().map(Needle::text).toList();
    }
}
