package dev.coatcheck.prove.scenario.hurl;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.ContentTypes;
import dev.coatcheck.prove.scenario.Cursor;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HexFormat;
import java.util.regex.Pattern;

/** The body of a request. */
final class HurlBody {
    private static final Pattern FENCE = Pattern.compile("```(json|xml|raw)?[ \\t]*(\\r?\\n)?");
    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9]*(,[A-Za-z]+)*(?=[ \\t]*\\r?\\n)");
    private static final Pattern ENCODED = Pattern.compile("[^;]*");

    private final HurlText lines;
    private final Cursor cursor;
    private final HurlFiles files;

    HurlBody(HurlText lines, HurlFiles files) {
        this.lines = lines;
        this.cursor = lines.cursor();
        this.files = files;
    }

    Body read() {
        Body body =
                switch (cursor.peek()) {
                    case '{', '[' -> cursor.json();
                    case '`' -> cursor.at("```") ? fenced() : new Body.Text(lines.quoted('`'), "");
                    case '<' -> throw cursor.error("XML stands between lines of ``` here, as in ```xml");
                    case '"' -> throw cursor.error("a text stands between backticks, as in `Hello`");
                    default -> named();
                };
        lines.endOfLine();
        return body;
    }

    private Body fenced() {
        int start = cursor.offset();
        String fence = cursor.take(FENCE);
        String label = fence.endsWith("\n") ? "" : cursor.take(LABEL);
        if (!label.isEmpty()) {
            throw cursor.errorAt(
                    start,
                    "a text between lines of ``` is json, xml or raw here, without anything behind that; found '"
                            + fence.strip().substring(3) + label + "'");
        }
        int length = cursor.lengthUpTo("```");
        if (length < 0) {
            throw cursor.errorAt(start, "this text is never closed; expected ``` at its end");
        }
        String contentType =
                fence.startsWith("```json") ? ContentTypes.JSON : fence.startsWith("```xml") ? "application/xml" : "";
        Body text = new Body.Text(cursor.templateUpTo(cursor.offset() + length), contentType);
        cursor.skip("```");
        return text;
    }

    private Body named() {
        if (cursor.skip("file,")) {
            Path file = files.file();
            return new Body.File(file, ContentTypes.of(file));
        }
        int start = cursor.offset();
        boolean hex = cursor.skip("hex,");
        if (!hex) {
            cursor.skip("base64,");
        }
        String digits = cursor.take(ENCODED).replaceAll("\\s", "");
        if (!cursor.skip(";")) {
            throw cursor.errorAt(
                    start, "this is never closed; expected a semicolon at its end, as in base64,SGVsbG8=;");
        }
        try {
            return Body.Bytes.of(
                    hex ? HexFormat.of().parseHex(digits) : Base64.getDecoder().decode(digits));
        } catch (IllegalArgumentException e) {
            throw cursor.errorAt(start, "this is no " + (hex ? "hex" : "base64") + ": " + e.getMessage());
        }
    }
}
