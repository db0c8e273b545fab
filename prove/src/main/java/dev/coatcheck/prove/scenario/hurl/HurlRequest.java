package dev.coatcheck.prove.scenario.hurl;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The request of an entry. */
final class HurlRequest {
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}(?=[ \\t])");
    private static final Pattern SECTION_NAME = Pattern.compile("\\[[A-Za-z]+]");
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,9}");
    private static final Pattern INTERVAL = Pattern.compile("(\\d{1,9})[ \\t]*(ms|s|m)?");

    private final HurlText lines;
    private final Cursor cursor;
    private final HurlFiles files;
    private final HurlBody bodies;

    HurlRequest(HurlText lines, Path scenario) {
        this.lines = lines;
        this.cursor = lines.cursor();
        this.files = new HurlFiles(lines, scenario);
        this.bodies = new HurlBody(lines, files);
    }

    record Read(Request request, Polling polling) {}

    /** What the sections of one request add to it. */
    private static final class Parts {
        final List<Field> query = new ArrayList<>();
        final List<Field> headers = new ArrayList<>();
        final List<Field> cookies = new ArrayList<>();
        Body body = new Body.None();
        Polling polling = Polling.NONE;
    }

    Read read() {
        if (!lines.atRequest()) {
            throw cursor.error("expected a request, as in 'GET {{BASE_URL}}/login' or 'POST /login', not '"
                    + lines.excerpt() + "'");
        }
        String method = cursor.take(METHOD);
        if (method.isEmpty()) {
            throw cursor.error("'" + lines.excerpt() + "' begins with no method of at most 20 letters");
        }
        cursor.skipBlanks();
        Template target = target();
        lines.endOfLine();
        Parts parts = new Parts();
        while (lines.atPlainLine()) {
            parts.headers.add(lines.field("a header"));
        }
        Set<String> seen = new HashSet<>();
        while (lines.atSection()) {
            section(parts, seen);
        }
        if (lines.atBody()) {
            if (!(parts.body instanceof Body.None)) {
                throw cursor.error("this request has a body already, in its section [Form] or [Multipart]");
            }
            parts.body = bodies.read();
        }
        Request request = new Request(method, target, parts.query, parts.headers, parts.cookies, parts.body);
        return new Read(request.asWebSocket(), parts.polling);
    }

    private Template target() {
        int start = cursor.offset();
        cursor.learnBaseUrl();
        Template target = lines.value();
        if (target.parts().stream()
                .anyMatch(part -> part instanceof Template.Literal(String text) && text.contains(" "))) {
            throw cursor.errorAt(start, "the URL has a blank in it; write %20");
        }
        return target;
    }

    private void section(Parts parts, Set<String> seen) {
        int start = cursor.offset();
        String name = cursor.take(SECTION_NAME);
        lines.endOfLine();
        if (!seen.add(name)) {
            throw cursor.errorAt(start, "this request has a section " + name + " already");
        }
        switch (name) {
            case "[Query]", "[QueryStringParams]" -> fields("a parameter", parts.query);
            case "[Cookies]" -> fields("a cookie", parts.cookies);
            case "[Form]", "[FormParams]" -> {
                List<Field> fields = new ArrayList<>();
                fields("a form field", fields);
                body(start, parts, new Body.Form(fields));
            }
            case "[Multipart]", "[MultipartFormData]" -> body(start, parts, multipart());
            case "[Options]" -> parts.polling = options();
            case "[Captures]", "[Asserts]" ->
                throw cursor.errorAt(start, name + " speaks of the response; expected a line 'HTTP 200' before it");
            default ->
                throw cursor.errorAt(
                        start,
                        "there is no section " + name
                                + " of a request here; known are [Query], [Form], [Multipart], [Cookies] and [Options]");
        }
    }

    private void body(int place, Parts parts, Body body) {
        if (!(parts.body instanceof Body.None)) {
            throw cursor.errorAt(place, "this request has a body already; it is either [Form] or [Multipart]");
        }
        parts.body = body;
    }

    private void fields(String what, List<Field> into) {
        while (lines.atPlainLine()) {
            into.add(lines.field(what));
        }
    }

    private Body multipart() {
        List<Body.Part> parts = new ArrayList<>();
        while (lines.atPlainLine()) {
            String name = lines.key("a part");
            if (cursor.skip("file,")) {
                parts.add(files.part(name));
            } else {
                parts.add(new Body.TextPart(name, lines.value()));
            }
            lines.endOfLine();
        }
        return new Body.Multipart(parts);
    }

    private Polling options() {
        int retries = 0;
        Duration interval = Polling.NONE.interval();
        while (lines.atPlainLine()) {
            int start = cursor.offset();
            switch (lines.key("an option")) {
                case "retry" -> retries = retries();
                case "retry-interval" -> interval = interval();
                default ->
                    throw cursor.errorAt(
                            start,
                            "this option is not taken; known are retry and retry-interval. Redirects are not followed:"
                                    + " write a step for each");
            }
            lines.endOfLine();
        }
        return new Polling(retries, interval);
    }

    private int retries() {
        int start = cursor.offset();
        String number = cursor.take(NUMBER);
        if (number.isEmpty() || number.startsWith("-") || Integer.parseInt(number) > Polling.MOST_RETRIES) {
            throw cursor.errorAt(
                    start, "expected how often to try again, 0 to " + Polling.MOST_RETRIES + ", as in 'retry: 20'");
        }
        return Integer.parseInt(number);
    }

    private Duration interval() {
        int start = cursor.offset();
        Matcher matcher = INTERVAL.matcher(cursor.take(INTERVAL));
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration interval =
                    switch (String.valueOf(matcher.group(2))) {
                        case "s" -> Duration.ofSeconds(number);
                        case "m" -> Duration.ofMinutes(number);
                        default -> Duration.ofMillis(number);
                    };
            if (interval.compareTo(Polling.LONGEST_INTERVAL) <= 0) {
                return interval;
            }
        }
        throw cursor.errorAt(
                start, "expected a time of at most 10 minutes, as in 'retry-interval: 500ms', '500' or '2s'");
    }
}
