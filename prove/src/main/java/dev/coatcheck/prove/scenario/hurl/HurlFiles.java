package dev.coatcheck.prove.scenario.hurl;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.ContentTypes;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.FilesBeside;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** The files that a scenario names, {@code file,photo.jpg;}. They lie beside it, or in folders beside it. */
final class HurlFiles {
    private static final Pattern NAME = Pattern.compile("[^;\\r\\n]{1,1000}(?=;)");
    private static final Pattern CONTENT_TYPE = Pattern.compile("[A-Za-z0-9!#$&^_.+-]+/[^\\s#]+");

    private final HurlText lines;
    private final FilesBeside files;

    HurlFiles(HurlText lines, Path scenario) {
        this.lines = lines;
        this.files = new FilesBeside(scenario);
    }

    /** What follows {@code file,}: the name, and perhaps a content type. */
    Body.FilePart part(String name) {
        Path file = file();
        lines.cursor().skipBlanks();
        String contentType = lines.cursor().take(CONTENT_TYPE);
        return new Body.FilePart(name, file, contentType.isEmpty() ? ContentTypes.of(file) : contentType);
    }

    /** What follows {@code file,}: the name, up to its semicolon. */
    Path file() {
        Cursor cursor = lines.cursor();
        int start = cursor.offset();
        String name = cursor.take(NAME).strip();
        if (name.isEmpty() || !cursor.skip(";")) {
            throw cursor.errorAt(start, "expected the name of a file and a semicolon, as in file,photo.jpg;");
        }
        try {
            return files.file(name);
        } catch (IllegalArgumentException e) {
            throw cursor.errorAt(start, String.valueOf(e.getMessage()));
        }
    }
}
