package dev.coatcheck.prove.har;

import dev.coatcheck.prove.bind.Bindings;
import dev.coatcheck.prove.bind.Recorded;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Polling;
import dev.coatcheck.prove.scenario.Reading;
import dev.coatcheck.prove.scenario.Request;
import dev.coatcheck.prove.scenario.Scenario;
import dev.coatcheck.prove.scenario.Step;
import dev.coatcheck.prove.scenario.Template;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a scenario from a HAR (HTTP Archive 1.2), as browsers, Playwright and proxies export it.
 *
 * <p>The requests to the application are its steps, as they were sent, with the status that was recorded; what belongs to the
 * browser, the connection or the day is left out, and so are other hosts and the files of pages. Values that came from a
 * response are {@linkplain Bindings bound} to it. What a recording lacks is said in notes.
 *
 * {@snippet :
 * Reading recording = HarReader.read(Path.of("login.har"));
 * recording.notes().forEach(System.err::println);
 * }
 */
public final class HarReader {
    private static final int MOST_STEPS = 1000;
    private static final int NOT_MODIFIED = 304;

    /** Of one connection, of the browser's cache, or what the player says itself. */
    private static final Set<String> LEFT_OUT = Set.of(
            "accept-encoding",
            "connection",
            "content-length",
            "cookie",
            "expect",
            "host",
            "http2-settings",
            "if-modified-since",
            "if-range",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-port",
            "x-forwarded-proto",
            "forwarded",
            "via");

    private static final Pattern OPAQUE = Pattern.compile("(?i)(image|font|audio|video)/.*|text/css|.*javascript");

    private final Path file;
    private final HarChoice choice;
    private final RecordedOrigin origin;
    private final List<String> notes = new ArrayList<>();
    private final HarCookies cookies;
    private final HarBodies bodies;

    private HarReader(Path file, HarLog log, HarChoice choice) {
        this.file = file;
        this.choice = choice;
        this.cookies = HarCookies.among(log.entries(), choice);
        this.origin = new RecordedOrigin(choice.origin());
        this.bodies = new HarBodies(file, origin, notes);
    }

    /**
     * Reads a whole file, of 512 MiB at most.
     *
     * @param file whose name the scenario gets, and beside which those files may lie that a browser left out
     * @throws InvalidScenarioException if it is no HAR, holds no step, or lacks a file that a step uploads
     */
    public static Reading read(Path file) {
        return read(file, Optional.empty());
    }

    /**
     * As above, where the application's address is known.
     *
     * @param recordedAt where the application was when it was recorded, as {@code https://shop.example.org}
     */
    public static Reading read(Path file, Optional<URI> recordedAt) {
        HarLog log = HarLog.read(file);
        Optional<String> given =
                recordedAt.flatMap(address -> HarUrl.parse(address.toString())).map(HarUrl::origin);
        HarChoice choice = HarChoice.of(log.entries(), given)
                .filter(found -> !found.steps().isEmpty())
                .orElseThrow(() -> new InvalidScenarioException(
                        file.toString(),
                        "holds no request over HTTP "
                                + given.map(origin -> "to " + origin + " ").orElse("")
                                + "that was answered; was the recording running while you used the application?"));
        return new HarReader(file, log, choice).recording(log);
    }

    /**
     * Whether a scenario can need what an answer of this type says. Pictures, fonts, styles and scripts come from the
     * application again, and no value of a later request is in them.
     */
    public static boolean readsBodiesOf(String contentType) {
        return !OPAQUE.matcher(contentType.split(";", 2)[0].strip()).matches();
    }

    private Reading recording(HarLog log) {
        HarPolls polls = HarPolls.among(choice.steps(), String.valueOf(file.getFileName()));
        List<HarEntry> entries = polls.entries();
        if (entries.size() > MOST_STEPS) {
            throw new InvalidScenarioException(
                    file.toString(),
                    "holds " + entries.size() + " requests to " + choice.origin() + ", and more than " + MOST_STEPS
                            + " steps are not taken; record a shorter conversation");
        }
        notes.add(choice.summary(log.entries().size()));
        List<Recorded> recorded = new ArrayList<>();
        List<HarSockets.Moment> moments = HarSockets.among(entries);
        if (moments.size() > MOST_STEPS) {
            throw new InvalidScenarioException(
                    file.toString(),
                    "holds " + moments.size() + " requests and messages on WebSockets, and more than " + MOST_STEPS
                            + " steps are not taken; record a shorter conversation");
        }
        for (HarSockets.Moment moment : moments) {
            Step step = step(recorded.size() + 1, moment);
            HarPolls.Wait wait = polls.waits().get(moment.entry().number());
            recorded.add(new Recorded(
                    wait == null ? step : waiting(moment.entry(), step, wait),
                    moment.entry().response()));
        }
        notes.addAll(unsaid(entries));
        notes.addAll(cookies.notes(log.creator()));
        notes.addAll(polls.notes());
        long evicted = entries.stream().filter(HarEntry::evicted).count();
        if (evicted > 0) {
            notes.add("the browser did not keep the answers of " + evicted
                    + " steps: values that later steps have from them are sent as they were recorded. Export sooner, before"
                    + " other pages are loaded, or record with 'coatcheck record'");
        }
        long tooLarge = entries.stream()
                .filter(entry -> log.tooLarge().contains(entry.number()))
                .count();
        if (tooLarge > 0) {
            notes.add("the answers of " + tooLarge + " steps have more than " + (HarLog.LARGEST_ANSWER >> 20)
                    + " MiB: values that later steps have from them are sent as they were recorded");
        }
        Bindings bindings = Bindings.find(recorded);
        notes.addAll(bindings.notes());
        String name = String.valueOf(file.getFileName()).replaceFirst("(?i)\\.har$", "");
        Scenario scenario = new Scenario(
                name, recorded.stream().map(step -> bindings.bind(step.step())).toList());
        scenario.steps().stream()
                .filter(HarReader::carriesOldAuthorization)
                .findFirst()
                .ifPresent(step -> notes.add(
                        "it carries an authorization that no response in it gave, so it is sent as it was recorded: "
                                + HarCookies.end(authorization(step))
                                        .map(end -> "it ends or has ended on " + end + ", and on a clean database")
                                        .orElse("once it has expired, or on a clean database,")
                                + " steps are refused. Record again from the login on"));
        return new Reading(
                scenario,
                notes.stream()
                        .map(note -> "the recording '" + name + "': " + note)
                        .toList());
    }

    /** A step that was asked again and again is so when it is played. */
    private Step waiting(HarEntry entry, Step step, HarPolls.Wait wait) {
        Expectation expectation = new Expectation(step.expectation().status(), wait.assertions());
        String awaited = "status " + expectation.status()
                + expectation.assertions().stream()
                        .map(assertion -> " and " + assertion)
                        .collect(Collectors.joining());
        notes.add(entry.where()
                + " was asked again and again until its answer was another one, and is one step that waits" + " for "
                + awaited + ": at most " + wait.most().toSeconds() + " s");
        return new Step(step.number(), step.user(), step.request(), wait.polling(), expectation, step.captures());
    }

    private static List<String> unsaid(List<HarEntry> entries) {
        long bytes = entries.stream()
                .flatMap(entry -> entry.messages().stream())
                .filter(message -> message.sent() && !message.isText())
                .count();
        return bytes == 0
                ? List.of()
                : List.of("the page sent " + bytes + " messages of bytes on WebSockets, which are not sent: texts are");
    }

    private Step step(int number, HarSockets.Moment moment) {
        HarEntry entry = moment.entry();
        if (entry.isWebSocket()) {
            Request request = new Request(
                    moment.opens() ? Request.WEBSOCKET : Request.SEND,
                    origin.template(entry.target()),
                    List.of(),
                    headers(entry, new Body.None()),
                    cookies.of(entry),
                    moment.said());
            return new Step(number, entry.user(), request.asWebSocket(), Polling.NONE, Expectation.SWITCHED, List.of());
        }
        Body body = bodies.of(entry);
        Request request = new Request(
                entry.method(),
                origin.template(entry.target()),
                List.of(),
                headers(entry, body),
                cookies.of(entry),
                body);
        int status = entry.response().status() == NOT_MODIFIED && entry.isSafe()
                ? 200
                : entry.response().status();
        Expectation expectation = new Expectation(new Expectation.Exactly(status), List.of());
        return new Step(number, entry.user(), request, Polling.NONE, expectation, List.of());
    }

    private static boolean carriesOldAuthorization(Step step) {
        return step.request().headers().stream()
                .filter(header -> header.name().equalsIgnoreCase("Authorization"))
                .map(Field::value)
                .anyMatch(value -> !value.toString().regionMatches(true, 0, "Basic ", 0, 6)
                        && value.parts().stream().noneMatch(Template.Variable.class::isInstance));
    }

    private static String authorization(Step step) {
        return step.request().headers().stream()
                .filter(header -> header.name().equalsIgnoreCase("Authorization"))
                .map(header -> header.value().toString())
                .findFirst()
                .orElse("");
    }

    private List<Field> headers(HarEntry entry, Body body) {
        List<Field> headers = new ArrayList<>();
        for (Header header : entry.headers()) {
            if (isSent(header, entry, body)) {
                headers.add(new Field(header.name(), origin.template(header.value())));
            }
        }
        if (entry.header("Content-Type").isEmpty() && (body instanceof Body.Text || body instanceof Body.Bytes)) {
            entry.body()
                    .map(HarBody::contentType)
                    .filter(type -> !type.isEmpty())
                    .ifPresent(type -> headers.add(new Field("Content-Type", Template.literal(type))));
        }
        return headers;
    }

    private static boolean isSent(Header header, HarEntry entry, Body body) {
        String name = header.name().toLowerCase(Locale.ROOT);
        return switch (name) {
            // With what the browser had in its cache it may be answered with 304, and a clean instance has no such
            // answer.
            case "if-none-match" -> !entry.isSafe();
            case "authorization" -> !HarCookies.isRedacted(header.value());
            case "content-type" -> !(body instanceof Body.None) && !(body instanceof Body.Multipart);
            case "if-unmodified-since" -> !entry.isSafe();
            default -> !name.startsWith(":") && !LEFT_OUT.contains(name);
        };
    }
}
