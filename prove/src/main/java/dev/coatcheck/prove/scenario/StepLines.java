package dev.coatcheck.prove.scenario;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Steps as they are written on a command line, one each.
 *
 * <pre>
 * step      = [ method blanks ] target [ blanks body ]        ; without a method it is a GET
 * method    = 1*20 capital letters
 * target    = "/" … or an absolute URL of the application     ; up to the first blank
 * body      = json / fields / "@" file                        ; JSON begins with "{" or "["
 * socket    = ( "WEBSOCKET" / "SEND" ) blanks target [ blanks message ]      ; the message is the rest of the line
 * fields    = field *( "&amp;" field )                            ; with a file among them it is multipart, else a form
 * field     = name "=" value / name "=@" file                 ; "%26" stands for "&amp;", "+" for a blank
 * </pre>
 *
 * {@snippet :
 * Scenario scenario = StepLines.read(List.of("POST /login {\"email\":\"a@b.c\"}", "/me"), Path.of("."), Set.of());
 * }
 */
public final class StepLines {
    private static final String EXAMPLE = "a step reads 'POST /login {\"email\":\"a@b.c\"}', 'POST /login email=a@b.c',"
            + " 'POST /photos photo=@cat.jpg' or 'GET /me'";
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}(?=[ \\t]|$)");
    private static final Pattern SMALL_METHOD = Pattern.compile("[A-Za-z]{1,20}(?=[ \\t]+/)");
    private static final Pattern BLANKS = Pattern.compile("[ \\t]+");
    private static final Pattern TARGET = Pattern.compile("(?:\\{\\{[ \\t]*[^}\\s]*[ \\t]*}}|[^ \\t])+");
    private static final Pattern FIELD_NAME = Pattern.compile("[^=&@{}\\s]{1,200}(?==)");

    private final Path folder;
    private final Cursor cursor;

    private StepLines(Path folder, Cursor cursor) {
        this.folder = folder;
        this.cursor = cursor;
    }

    /**
     * Reads the lines as the steps of one scenario.
     *
     * @param folder where the files are that steps upload
     * @param variables the names of the values that will be given when the scenario is played
     * @throws InvalidScenarioException at the first thing that is wrong
     */
    public static Scenario read(List<String> lines, Path folder, Collection<String> variables) {
        List<Step> steps = new ArrayList<>();
        for (String line : lines) {
            int number = steps.size() + 1;
            Cursor cursor = new Cursor("--step " + number, line.strip(), new Variables(variables));
            Request request = new StepLines(folder, cursor).request();
            steps.add(
                    new Step(number, Step.ONLY_USER, request, Polling.NONE, Expectation.ofRequest(request), List.of()));
        }
        return new Scenario("steps", steps);
    }

    private Request request() {
        String method = cursor.take(METHOD);
        cursor.skipBlanks();
        int start = cursor.offset();
        if (!cursor.at("/") && !cursor.at("{{") && !cursor.at("http://") && !cursor.at("https://")) {
            throw cursor.errorAt(start, wrongTarget(method));
        }
        int end = start + cursor.take(TARGET).length();
        cursor.moveTo(start);
        cursor.learnBaseUrl();
        Template target = cursor.templateUpTo(end);
        cursor.take(BLANKS);
        if (!cursor.atEnd() && method.isEmpty()) {
            throw cursor.error("a step with a body names its method; " + EXAMPLE);
        }
        Request request = Request.of(method.isEmpty() ? "GET" : method, target);
        return request.withBody(request.isOfWebSocket() ? message() : body());
    }

    private Body message() {
        if (cursor.atEnd()) {
            return new Body.None();
        }
        Template text = cursor.templateUpTo(cursor.offset() + cursor.remaining());
        return new Body.Messages(List.of(new Body.Message(text, Body.Await.NOTHING)));
    }

    private String wrongTarget(String method) {
        if (cursor.atEnd()) {
            return "no path follows the method '" + method + "'; quotes make a step one argument: --step 'POST /login'";
        }
        return cursor.take(SMALL_METHOD).isEmpty()
                ? "expected a path that begins with '/'; " + EXAMPLE
                : "a method is written in capital letters; " + EXAMPLE;
    }

    private Body body() {
        if (cursor.atEnd()) {
            return new Body.None();
        }
        if (cursor.peek() == '{' || cursor.peek() == '[') {
            Body json = cursor.json();
            cursor.take(BLANKS);
            if (!cursor.atEnd()) {
                throw cursor.error("something follows the JSON; a step has one body; " + EXAMPLE);
            }
            return json;
        }
        if (cursor.skip("@")) {
            Path file = file(cursor.take(cursor.remaining()));
            return new Body.File(file, ContentTypes.of(file));
        }
        List<Body.Part> parts = new ArrayList<>();
        do {
            parts.add(field());
        } while (cursor.skip("&"));
        if (parts.stream().anyMatch(Body.FilePart.class::isInstance)) {
            return new Body.Multipart(parts);
        }
        List<Field> fields = new ArrayList<>();
        for (Body.Part part : parts) {
            if (part instanceof Body.TextPart(String name, Template value)) {
                fields.add(new Field(name, value));
            }
        }
        return new Body.Form(fields);
    }

    private Body.Part field() {
        String name = decoded(cursor.take(FIELD_NAME));
        if (name.isEmpty() || !cursor.skip("=")) {
            throw cursor.error("expected JSON, name=value or name=@file; " + EXAMPLE);
        }
        int length = cursor.lengthUpTo("&");
        int end = cursor.offset() + (length < 0 ? cursor.remaining() : length);
        if (cursor.skip("@")) {
            Path file = file(cursor.take(end - cursor.offset()));
            return new Body.FilePart(name, file, ContentTypes.of(file));
        }
        List<Template.Part> parts = new ArrayList<>();
        for (Template.Part part : cursor.templateUpTo(end).parts()) {
            parts.add(
                    switch (part) {
                        case Template.Literal(String text) -> new Template.Literal(decoded(text));
                        case Template.Variable variable -> variable;
                    });
        }
        return new Body.TextPart(name, new Template(parts));
    }

    /** A percent sign that encodes nothing stands for itself: a person typed it. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private Path file(String name) {
        Path file = folder.resolve(name);
        if (name.isEmpty() || !Files.isRegularFile(file)) {
            throw cursor.errorAt(
                    cursor.offset() - name.length(),
                    "there is no file '" + name + "' in "
                            + folder.toAbsolutePath().normalize());
        }
        return file;
    }
}
