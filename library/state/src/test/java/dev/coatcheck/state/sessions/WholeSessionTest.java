package dev.coatcheck.state.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coatcheck.state.sessions.SaveResult.Saved;
import dev.coatcheck.state.sessions.WholeSession.Parsed;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the contract kit shows of its rules, it shows through the adapters; here are the bytes. */
class WholeSessionTest {
    private static final SessionSettings SETTINGS = SessionSettings.defaults();
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00.123Z");
    private static final SessionId ID = new SessionId("h".repeat(22), "s".repeat(43));

    /** A session that {@link #KEPT} holds: after a log-in, with a view of what was before it. */
    private static final WholeSession SESSION = new WholeSession(
            ID.secretHash(),
            Optional.of("ada@example.org"),
            Optional.of("Firefox on Linux 🧥"),
            NOW,
            NOW.plusSeconds(400),
            Duration.ofMinutes(30),
            NOW.plus(Duration.ofDays(14)),
            300,
            Map.of("theme", new Attribute("\"dark\"", 300)),
            Optional.of(new WholeSession.Prior(
                    new SessionId("h".repeat(22), "t".repeat(43)).secretHash(),
                    Optional.of("guest"),
                    NOW.plusSeconds(200),
                    Duration.ofMinutes(5),
                    Map.of("theme", new Attribute("\"light\"", 1)),
                    NOW.plusSeconds(410))));

    /** What the first release wrote. It stays as it is; a new format gets another beside it. */
    private static final String KEPT =
            "01d64b93c9f1b60eb338e5cb415d6a36bd920edd0e9b36f7ea5c730d0e10ff147f07fb8ce9ef9f3480b5188090e4c004c0ee"
                    + "6dac020f616461406578616d706c652e6f72671546697265666f78206f6e204c696e757820f09fa7a501057468656d65ac02"
                    + "06226461726b2280383f974f22964fd6b7ae851b6ccc9180ed4e6fcb2e415bafcab6d82213923801c09a0ce0a71290831905"
                    + "677565737401057468656d650107226c6967687422";

    @Test
    void what_an_earlier_release_wrote_is_read() {
        assertThat(WholeSession.parse(HexFormat.of().parseHex(KEPT))).isEqualTo(new Parsed.Known(SESSION));
    }

    @Test
    void what_is_written_is_read() {
        assertThat(WholeSession.parse(SESSION.toBytes())).isEqualTo(new Parsed.Known(SESSION));
        assertThat(HexFormat.of().formatHex(SESSION.toBytes())).isEqualTo(KEPT);

        var begun = WholeSession.begin(ID, Changes.none(), NOW, SETTINGS).session();
        assertThat(WholeSession.parse(begun.toBytes())).isEqualTo(new Parsed.Known(begun));
    }

    @Test
    void of_a_newer_format_is_known_what_opens_it() {
        var bytes = SESSION.toBytes();
        bytes[0]++;

        assertThat(WholeSession.parse(Arrays.copyOf(bytes, 40))).isEqualTo(new Parsed.Newer(ID.secretHash()));
    }

    @Test
    void bytes_that_are_cut_short_or_no_session_are_damaged_and_break_nothing() {
        var bytes = SESSION.toBytes();
        for (int length = 0; length < bytes.length; length++) {
            assertThat(WholeSession.parse(Arrays.copyOf(bytes, length))).isEqualTo(new Parsed.Damaged());
        }
        var random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            var hostile = bytes.clone();
            for (int change = random.nextInt(1, 4); change > 0; change--) {
                hostile[random.nextInt(hostile.length)] = (byte) random.nextInt();
            }
            assertThat(WholeSession.parse(hostile)).isNotNull();
        }
    }

    @Test
    void time_outs_beyond_all_measure_are_long_ones() {
        var forever = Duration.ofSeconds(Long.MAX_VALUE);
        var settings = SETTINGS.withAbsoluteTimeout(forever).withRotationGrace(forever);
        var begun = WholeSession.begin(ID, Changes.none().idleTimeout(forever), NOW, settings)
                .session();

        var rotated = begun.write(ID, Changes.none().rotate(), NOW, settings);

        assertThat(rotated.result()).isInstanceOf(Saved.class);
        assertThat(rotated.session().expiresAt()).isAfter(NOW.plus(Duration.ofDays(30_000)));
        assertThat(WholeSession.parse(rotated.session().toBytes())).isEqualTo(new Parsed.Known(rotated.session()));
    }

    @Test
    void a_clock_that_was_set_back_does_not_set_back_a_session() {
        var begun = WholeSession.begin(ID, Changes.none(), NOW, SETTINGS).session();

        var written = begun.write(ID, Changes.none().put("theme", "1"), NOW.minusSeconds(60), SETTINGS);

        assertThat(written.session().lastSeenAt()).isEqualTo(NOW);
    }
}
