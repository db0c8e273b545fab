package dev.coatcheck.cli.doctor;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** How something was found to be; the later, the worse. */
public enum State {
    OK,
    /** It works, and less well than it could. */
    WEAKER,
    /** Something that is needed is not there. */
    MISSING;

    @JsonValue
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
