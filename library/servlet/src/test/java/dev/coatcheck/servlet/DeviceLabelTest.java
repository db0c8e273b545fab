package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceLabelTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0 | Firefox on Linux
                    Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0 | Edge on Windows
                    Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15 | Safari on macOS
                    Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36 | Chrome on Android
                    Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/130.0 Mobile/15E148 Safari/604.1 | Chrome on iPhone
                    curl/8.5.0 | curl
                    <script>alert(1)</script> | scriptalert1
                    """)
    void names_the_browser_and_the_system(String userAgent, String label) {
        assertThat(DeviceLabel.of(userAgent)).contains(label);
    }

    @Test
    void of_nothing_is_empty_and_of_too_much_is_cut() {
        assertThat(DeviceLabel.of(null)).isEmpty();
        assertThat(DeviceLabel.of(" \t")).isEmpty();
        assertThat(DeviceLabel.of("<>")).isEmpty();
        assertThat(DeviceLabel.of("x".repeat(10_000)).orElseThrow()).hasSize(64);
    }
}
