package dev.coatcheck.prove.scenario.http;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Reading;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a scenario from the text of a {@code .http} file.
 *
 * <pre>
 * file    = block *( "###" [ title ] EOL block )
 * block   = *( comment / "@" name "=" value ) [ [ method ] url [ version ] EOL *header [ EOL body ] *handler ]
 * body    = text / "&lt;" file / "&lt;@" file-with-variables
 * handler = "&gt; {%" script "%}"
 * </pre>
 */
public final class HttpFileReader {
    private static final int MOST_STEPS = 1000;
    private static final Pattern REQUEST =
            Pattern.compile("\\s*(?:(?<method>[A-Z]{2,20})\\s+)?(?<url>\\S.*?)(?:\\s+HTTP/[\\d.]+)?\\s*");
    private static final Pattern HEADER = Pattern.compile("([^:\\s]{1,256})\\s*:\\s*(.*?)\\s*");
    private static final Pattern ORIGIN = Pattern.compile(
            "(?i)(?:http|ws)s?://(?:\\{\\{[^{}]+}}(?::\\d+|:\\{\\{[^{}]+}})?|(?:[^/?#\\s{}]|\\{(?!\\{))+)");
    private static final Pattern BASIC =
            Pattern.compile("(?i)Basic\\s+(?<user>[^\\s:]+)(?:\\s+|\\s*:\\s*)(?<password>\\S+)");
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_-]{1,100}");
    private static final Set<String> OTHER_PROTOCOLS = Set.of("GRAPHQL", "GRPC", "RSOCKET");

    private final Path file;
    private final HttpVariables variables;
    private final HttpBodies bodies;
    private final HttpScript scripts;
    private final List<String> notes = new ArrayList<>();
    private final List<Step> steps = new ArrayList<>();
    private Optional<String> origin = Optional.empty();
    private String user = Step.ONLY_USER;

    private HttpFileReader(Path file, Collection<String> given) {
        this.file = file;
        this.variables = new HttpVariables(file.toString(), Set.copyOf(given));
        this.bodies = new HttpBodies(variables, file);
        this.scripts = new HttpScript(variables, notes);
    }

    /**
     * Reads a whole file.
     *
     * @param file whose name the scenario gets, and beside which the files lie that it uploads
     * @param given the names of the values that will be given when the scenario is played
     * @throws InvalidScenarioException at the first thing that is wrong, with its line
     */
    public static Reading read(Path file, String text, Collection<String> given) {
        return new HttpFileReader(file, given).read(HttpBlock.in(text));
    }

    private Reading read(List<HttpBlock> blocks) {
        // A variable holds for the whole file, wherever it stands.
        blocks.forEach(block -> block.variables().forEach(variables::define));
        for (HttpBlock block : blocks) {
            user = block.user().orElse(user);
            if (block.request().isPresent()) {
                step(block, block.request().get());
            } else if (!block.after().isEmpty()) {
                throw variables.wrong(
                        block.after().getFirst().number(), "no request follows here, and nothing else is taken");
            }
        }
        if (steps.isEmpty()) {
            throw new InvalidScenarioException(
                    file.toString(), "holds no request; expected a line such as 'GET {{BASE_URL}}/login'");
        }
        String name = String.valueOf(file.getFileName()).replaceFirst("\\.(http|rest)$", "");
        List<Step> captured = steps.stream()
                .map(step -> step.withCaptures(variables.capturesOf(step.number())))
                .toList();
        return new Reading(
                new Scenario(name, captured),
                notes.stream()
                        .map(note -> "the scenario '" + name + "': " + note)
                        .toList());
    }

    private void step(HttpBlock block, HttpBlock.Line line) {
        int number = steps.size() + 1;
        if (number > MOST_STEPS) {
            throw variables.wrong(line.number(), "a scenario of more than " + MOST_STEPS + " requests is not taken");
        }
        Matcher first = REQUEST.matcher(line.text());
        if (!first.matches()) {
            throw variables.wrong(line.number(), "expected a request such as 'GET {{BASE_URL}}/login'");
        }
        String method = Optional.ofNullable(first.group("method")).orElse("GET");
        if (OTHER_PROTOCOLS.contains(method)) {
            throw variables.wrong(line.number(), method + " is not played; requests over HTTP are");
        }
        Template target = target(line, first.group("url"));
        directives(block, number);
        List<Field> headers = new ArrayList<>();
        List<Field> cookies = new ArrayList<>();
        String contentType = "";
        for (HttpBlock.Line header : block.headers()) {
            Field field = header(header);
            switch (field.name().toLowerCase(Locale.ROOT)) {
                case "content-length", "connection" -> {}
                case "cookie" -> cookies.addAll(cookies(header.number(), field));
                case "content-type" -> {
                    contentType = field.value().toString();
                    if (!contentType.startsWith("multipart/")) {
                        headers.add(field);
                    }
                }
                default -> headers.add(field);
            }
        }
        Request request = new Request(method, target, List.of(), headers, cookies, new Body.None()).asWebSocket();
        request = request.withBody(
                request.isOfWebSocket() ? bodies.messages(block.body()) : bodies.read(block.body(), contentType));
        OptionalInt status = scripts.read(number, block.after());
        Expectation expectation = status.isPresent()
                ? new Expectation(new Expectation.Exactly(status.getAsInt()), List.of())
                : Expectation.ofRequest(request);
        steps.add(new Step(number, OptionalInt.of(line.number()), user, request, Polling.NONE, expectation, List.of()));
    }

    private Template target(HttpBlock.Line line, String url) {
        Cursor cursor = variables.cursor(line, url);
        // A WebSocket is opened where requests go.
        String named = cursor.take(ORIGIN).replaceFirst("(?i)^ws", "http");
        if (!named.isEmpty()) {
            String first = origin.orElse(named);
            if (!first.equalsIgnoreCase(named)) {
                throw variables.wrong(
                        line.number(),
                        "goes to " + named + ", while the first request goes to " + first
                                + ": all steps of a scenario go to the application");
            }
            origin = Optional.of(first);
        } else if (!cursor.at("/") && !cursor.at("{{")) {
            throw variables.wrong(
                    line.number(),
                    "expected a path that begins with '/', {{BASE_URL}}/path or a URL; a method has capital"
                            + " letters");
        }
        cursor.learnBaseUrl();
        Template target = cursor.templateUpTo(cursor.offset() + cursor.remaining());
        return named.isEmpty() || target.toString().startsWith("/") ? target : Template.parse("/" + target);
    }

    private void directives(HttpBlock block, int step) {
        if (IDENTIFIER.matcher(block.title()).matches()) {
            variables.name(block.title(), step);
        }
        for (HttpBlock.Line line : block.directives()) {
            String[] words = line.text().split("[\\s=]+", 2);
            switch (words[0]) {
                case "name" -> variables.name(words.length == 2 ? words[1].strip() : "", step);
                // That is how steps are played anyway, or what only a person at an editor has use for.
                case "no-redirect", "no-log", "note", "prompt" -> {}
                default -> notes.add("'@" + words[0] + "' in line " + line.number() + " is not heeded");
            }
        }
    }

    private Field header(HttpBlock.Line line) {
        Matcher matcher = HEADER.matcher(line.text());
        if (!matcher.matches()) {
            throw variables.wrong(
                    line.number(), "expected a header, written 'Name: value'; a body stands behind a blank line");
        }
        String name = matcher.group(1);
        Cursor cursor = variables.cursor(line.number(), matcher.group(2));
        Template value = cursor.templateUpTo(cursor.remaining());
        return new Field(name, name.equalsIgnoreCase("Authorization") ? authorization(line, value) : value);
    }

    /** Editors encode {@code Basic user password}. */
    private Template authorization(HttpBlock.Line line, Template value) {
        Matcher basic = BASIC.matcher(value.toString());
        if (!basic.matches()) {
            return value;
        }
        if (value.parts().stream().anyMatch(Template.Variable.class::isInstance)) {
            throw variables.wrong(
                    line.number(),
                    "a name and a password that are given later cannot be encoded. Give both in one, in base64, as in"
                            + " 'Authorization: Basic {{credentials}}', or define them in the file with '@name = value'");
        }
        byte[] credentials = (basic.group("user") + ":" + basic.group("password")).getBytes(StandardCharsets.UTF_8);
        return Template.literal("Basic " + Base64.getEncoder().encodeToString(credentials));
    }

    private List<Field> cookies(int line, Field header) {
        List<Field> cookies = new ArrayList<>();
        for (String pair : header.value().toString().split(";", -1)) {
            String[] parts = pair.strip().split("=", 2);
            if (parts.length < 2) {
                throw variables.wrong(line, "expected cookies, written 'Cookie: name=value; other=value'");
            }
            cookies.add(new Field(parts[0], Template.parse(parts[1])));
        }
        return cookies;
    }
}
