package dev.coatcheck.prove.scenario;

import java.net.URLConnection;
import java.nio.file.Path;
import java.util.Optional;

/** The content types that a step does not have to write. */
public final class ContentTypes {
    public static final String JSON = "application/json";
    public static final String EVENT_STREAM = "text/event-stream";
    public static final String FORM = "application/x-www-form-urlencoded";

    private ContentTypes() {}

    /** By the name of a file. */
    public static String of(Path file) {
        return Optional.ofNullable(URLConnection.guessContentTypeFromName(file.toString()))
                .orElse("application/octet-stream");
    }
}
