package dev.coatcheck.state.uploads;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RunningSha256Test {
    private static final int LONGEST = 300;

    private final Random random = new Random(7);

    @Test
    void it_is_what_the_platform_computes_at_every_length() throws Exception {
        var bytes = bytes(LONGEST);
        for (int length = 0; length <= LONGEST; length++) {
            var running = new RunningSha256();
            running.update(bytes, 0, length);

            assertThat(running.hex()).isEqualTo(expected(bytes, length));
        }
    }

    @Test
    void it_goes_on_elsewhere_from_any_place() throws Exception {
        var bytes = bytes(LONGEST);
        for (int first = 0; first <= LONGEST; first++) {
            int second = random.nextInt(LONGEST - first + 1);
            var here = new RunningSha256();
            here.update(bytes, 0, first);
            var there = new RunningSha256(here.state());
            there.update(bytes, first, second);
            there = new RunningSha256(there.state());
            there.update(bytes, first + second, LONGEST - first - second);

            assertThat(there.hex()).isEqualTo(expected(bytes, LONGEST));
        }
    }

    @Test
    void saying_what_it_is_until_now_changes_nothing() throws Exception {
        var bytes = bytes(LONGEST);
        var running = new RunningSha256();
        running.update(bytes, 0, 100);
        assertThat(running.hex()).isEqualTo(running.hex());
        running.update(bytes, 100, LONGEST - 100);

        assertThat(running.hex()).isEqualTo(expected(bytes, LONGEST));
    }

    private byte[] bytes(int count) {
        var bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String expected(byte[] bytes, int length) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(bytes, 0, length);
        return HexFormat.of().formatHex(digest.digest());
    }
}
