package dev.coatcheck.prove.play;

import java.util.Optional;

/** The name and the value with which a {@code Set-Cookie} begins, by RFC 6265, section 5.2. */
record SetCookie(String name, String value) {
    static Optional<SetCookie> pair(String line) {
        String pair = line.split(";", 2)[0];
        int equals = pair.indexOf('=');
        String name = equals < 0 ? "" : pair.substring(0, equals).strip();
        return name.isEmpty()
                ? Optional.empty()
                : Optional.of(new SetCookie(name, pair.substring(equals + 1).strip()));
    }
}
