package dev.coatcheck.servlet;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a list of devices calls a visitor's browser, guessed from {@code User-Agent}: "Firefox on Linux". */
final class DeviceLabel {
    private static final int MAX_LENGTH = 64;

    // The order matters: each browser's User-Agent also names those that it wants to be taken for.
    private static final Map<String, String> BROWSERS = ordered(
            "Edg",
            "Edge",
            "OPR/",
            "Opera",
            "SamsungBrowser/",
            "Samsung Internet",
            "Firefox/",
            "Firefox",
            "FxiOS/",
            "Firefox",
            "CriOS/",
            "Chrome",
            "Chrome/",
            "Chrome",
            "Safari/",
            "Safari");
    private static final Map<String, String> SYSTEMS = ordered(
            "iPhone",
            "iPhone",
            "iPad",
            "iPad",
            "Android",
            "Android",
            "Windows",
            "Windows",
            "CrOS",
            "ChromeOS",
            "Macintosh",
            "macOS",
            "Linux",
            "Linux");

    private DeviceLabel() {}

    static Optional<String> of(@Nullable String userAgent) {
        if (userAgent == null || userAgent.isBlank()) {
            return Optional.empty();
        }
        var browser = first(BROWSERS, userAgent);
        if (browser.isEmpty()) {
            // curl/8.5.0, and whatever else talks to us: the first product's name.
            var product = userAgent.strip().split("[/\\s]", 2)[0].replaceAll("[^A-Za-z0-9._-]", "");
            return Optional.of(product.substring(0, Math.min(product.length(), MAX_LENGTH)))
                    .filter(name -> !name.isEmpty());
        }
        return Optional.of(browser.get()
                + first(SYSTEMS, userAgent).map(system -> " on " + system).orElse(""));
    }

    private static Optional<String> first(Map<String, String> names, String userAgent) {
        return names.entrySet().stream()
                .filter(entry -> userAgent.contains(entry.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    private static Map<String, String> ordered(String... pairs) {
        var names = new LinkedHashMap<String, String>();
        for (int i = 0; i < pairs.length; i += 2) {
            names.put(pairs[i], pairs[i + 1]);
        }
        return names;
    }
}
