package dev.coatcheck.prove.har;

import dev.coatcheck.prove.play.Content;
import dev.coatcheck.prove.play.Header;
import dev.coatcheck.prove.play.Response;
import dev.coatcheck.prove.scenario.FilesBeside;
import dev.coatcheck.prove.scenario.InvalidScenarioException;
import dev.coatcheck.prove.scenario.Place;
import dev.coatcheck.prove.scenario.Step;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a HAR holds, entry by entry, so that memory goes to what a scenario needs alone and not to the pictures in it.
 *
 * @param creator the program that made it
 * @param entries in the order in which they began
 * @param tooLarge the numbers of those whose answers were too large to look for values in, and are empty here
 */
record HarLog(String creator, List<HarEntry> entries, Set<Integer> tooLarge) {
    static final long LARGEST_FILE = 512L << 20;
    static final int MOST_ENTRIES = 50_000;

    private static final int LONGEST_TEXT = 128 << 20;

    /** No value of a later request is looked for in more. */
    static final int LARGEST_ANSWER = 8 << 20;

    /** So near to each other two entries stand that are one request. */
    private static final int NEAR = 50;

    /** Browsers write stacks of calls, one inside the other. */
    private static final int DEEPEST = 500;

    private static final Pattern USER = Pattern.compile("(?i)\\s*user:\\s*(\\S.{0,99}?)\\s*");
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxStringLength(LONGEST_TEXT)
                            .maxNestingDepth(DEEPEST)
                            .build())
                    .build())
            // An entry is read out of a list.
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    HarLog {
        entries = List.copyOf(entries);
        tooLarge = Set.copyOf(tooLarge);
    }

    /** @throws InvalidScenarioException if the file is no HAR */
    static HarLog read(Path file) {
        String source = file.toString();
        try (InputStream stream = Files.newInputStream(file);
                JsonParser parser = JSON.createParser(stream)) {
            if (Files.size(file) > LARGEST_FILE) {
                throw new InvalidScenarioException(
                        source, "is larger than " + (LARGEST_FILE >> 20) + " MiB; record less at once");
            }
            return new Parsing(file, parser).log();
        } catch (IOException e) {
            throw new InvalidScenarioException(source, "cannot be read: " + e);
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            String what = "this is no HAR that can be read: " + e.getOriginalMessage();
            throw at == null || at.getLineNr() < 1
                    ? new InvalidScenarioException(source, what)
                    : new InvalidScenarioException(new Place(source, at.getLineNr(), at.getColumnNr()), what);
        }
    }

    private static final class Parsing {
        private final String source;
        private final FilesBeside files;
        private final JsonParser parser;
        private final List<HarEntry> entries = new ArrayList<>();

        /** The numbers of what a page asked for, and its service worker asked the application for then. */
        private final Set<Integer> throughWorker = new LinkedHashSet<>();

        private final Set<Integer> tooLarge = new HashSet<>();
        private String creator = "";
        private boolean hasEntries;

        Parsing(Path file, JsonParser parser) {
            this.source = file.toString();
            this.files = new FilesBeside(file);
            this.parser = parser;
        }

        HarLog log() {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw wrong();
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                boolean log = parser.currentName().equals("log");
                if (parser.nextToken() == JsonToken.START_OBJECT && log) {
                    inLog();
                } else {
                    parser.skipChildren();
                }
            }
            if (!hasEntries) {
                throw wrong();
            }
            Set<Integer> twice =
                    throughWorker.stream().filter(this::isThereTwice).collect(Collectors.toSet());
            entries.removeIf(entry -> twice.contains(entry.number()));
            if (entries.stream().allMatch(entry -> entry.at().isPresent())) {
                // Some exports write a request when it has ended.
                entries.sort(Comparator.comparing(entry -> entry.at().orElseThrow()));
            }
            return new HarLog(creator, entries, tooLarge);
        }

        /** The application has seen one of them; the other stands near it, as all stand in the order of their numbers yet. */
        private boolean isThereTwice(int number) {
            HarEntry outer = entries.get(number - 1);
            return entries.subList(Math.max(0, number - NEAR), Math.min(entries.size(), number + NEAR - 1)).stream()
                    .anyMatch(inner -> !throughWorker.contains(inner.number())
                            && inner.method().equals(outer.method())
                            && inner.url().equals(outer.url())
                            && inner.user().equals(outer.user())
                            && inner.body().equals(outer.body()));
        }

        private InvalidScenarioException wrong() {
            return new InvalidScenarioException(
                    source, "is no HAR; expected an object with a list log.entries, as browsers export it");
        }

        private void inLog() {
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = parser.currentName();
                JsonToken token = parser.nextToken();
                if (name.equals("entries") && token == JsonToken.START_ARRAY) {
                    hasEntries = true;
                    entries();
                } else if (name.equals("creator") && token == JsonToken.START_OBJECT) {
                    creator = text(JSON.readTree(parser), "name");
                } else {
                    parser.skipChildren();
                }
            }
        }

        private void entries() {
            for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
                int number = entries.size() + 1;
                if (number > MOST_ENTRIES) {
                    throw new InvalidScenarioException(source, "has more than " + MOST_ENTRIES + " entries");
                }
                entries.add(entry(number, JSON.readTree(parser)));
            }
        }

        private HarEntry entry(int number, JsonNode node) {
            JsonNode request = node.path("request");
            JsonNode response = node.path("response");
            if (text(request, "method").isEmpty() || text(request, "url").isEmpty()) {
                throw new InvalidScenarioException(
                        source, "entry " + number + " has no request with a method and a url");
            }
            String type = text(node, "_resourceType").toLowerCase(Locale.ROOT);
            Answer answer = answer(number, response);
            long size = request.path("bodySize").asLong(0);
            HarEntry entry = new HarEntry(
                    number,
                    user(node),
                    text(request, "method").toUpperCase(Locale.ROOT),
                    HarUrl.parse(text(request, "url")),
                    headers(request),
                    cookies(request),
                    body(request).map(body -> body.asSent(size)),
                    size,
                    answer.response(),
                    answer.evicted(),
                    type,
                    time(text(node, "startedDateTime")),
                    messages(node));
            if (node.path("_fetchedViaServiceWorker").asBoolean(false)) {
                throughWorker.add(number);
            }
            return entry;
        }

        private static List<HarMessage> messages(JsonNode entry) {
            List<HarMessage> messages = new ArrayList<>();
            for (JsonNode message : entry.path("_webSocketMessages")) {
                long micros = (long) (message.path("time").asDouble(0) * 1_000_000);
                messages.add(new HarMessage(
                        text(message, "type").equals("send"),
                        Instant.EPOCH.plus(micros, ChronoUnit.MICROS),
                        message.path("opcode").asInt(HarMessage.TEXT) == HarMessage.TEXT,
                        text(message, "data")));
            }
            return messages;
        }

        private record Answer(Response response, boolean evicted) {}

        private Answer answer(int number, JsonNode response) {
            JsonNode content = response.path("content");
            List<Header> headers = new ArrayList<>(headers(response));
            String written = headers.stream()
                    .filter(header -> header.name().equalsIgnoreCase("Content-Type"))
                    .map(Header::value)
                    .findFirst()
                    .orElse(text(content, "mimeType"));
            String type = written.split(";", 2)[0].strip();
            headers.removeIf(header -> header.name().equalsIgnoreCase("Content-Type"));
            if (!type.isEmpty() && !type.equals("x-unknown")) {
                // A recording's text has been decoded already.
                headers.add(new Header("Content-Type", type + "; charset=utf-8"));
            }
            int status = response.path("status").asInt(0);
            boolean opaque = !HarReader.readsBodiesOf(type);
            byte[] bytes = opaque ? new byte[0] : content(number, content);
            if (bytes.length > LARGEST_ANSWER) {
                tooLarge.add(number);
                opaque = true;
                bytes = new byte[0];
            }
            boolean evicted = !opaque
                    && bytes.length == 0
                    && content.path("size").asLong(0) > 0
                    && status / 100 == 2
                    && type.matches("(?i)text/.*|.*json|.*xml");
            return new Answer(new Response(status, headers, Content.of(bytes)), evicted);
        }

        private byte[] content(int number, JsonNode content) {
            String text = text(content, "text");
            if (text.isEmpty() && !text(content, "_file").isEmpty()) {
                return beside(text(content, "_file")).orElse(new byte[0]);
            }
            if (!text(content, "encoding").equalsIgnoreCase("base64")) {
                return text.getBytes(StandardCharsets.UTF_8);
            }
            try {
                return Base64.getMimeDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new InvalidScenarioException(
                        source, "entry " + number + ": response.content.text is no base64, though it is said to be");
            }
        }

        /** Playwright keeps contents as files of their own, where it is told to attach them. */
        private Optional<byte[]> beside(String name) {
            try {
                Path file = files.file(name);
                return Files.size(file) > LONGEST_TEXT ? Optional.empty() : Optional.of(Files.readAllBytes(file));
            } catch (IllegalArgumentException | IOException e) {
                return Optional.empty(); // as what the browser has not kept
            }
        }

        private Optional<HarBody> body(JsonNode request) {
            JsonNode data = request.path("postData");
            if (!data.isObject()) {
                return Optional.empty();
            }
            List<HarBody.Param> params = new ArrayList<>();
            for (JsonNode param : data.path("params")) {
                params.add(new HarBody.Param(
                        text(param, "name"),
                        text(param, "value"),
                        text(param, "fileName"),
                        text(param, "contentType")));
            }
            boolean encoded = text(data, "encoding").equalsIgnoreCase("base64");
            HarBody body = new HarBody(text(data, "mimeType"), text(data, "text"), encoded, params);
            return Optional.of(
                    text(data, "_file").isEmpty()
                            ? body
                            : beside(text(data, "_file")).map(body::withBytes).orElse(body));
        }

        private static List<Header> headers(JsonNode message) {
            List<Header> headers = new ArrayList<>();
            for (JsonNode header : message.path("headers")) {
                // Chrome joins those of one name with line ends.
                text(header, "value").lines().forEach(line -> headers.add(new Header(text(header, "name"), line)));
            }
            headers.removeIf(header -> header.name().isEmpty());
            return headers;
        }

        private static Map<String, String> cookies(JsonNode request) {
            Map<String, String> cookies = new LinkedHashMap<>();
            for (JsonNode cookie : request.path("cookies")) {
                cookies.put(text(cookie, "name"), text(cookie, "value"));
            }
            for (Header header : headers(request)) {
                if (header.name().equalsIgnoreCase("Cookie")) {
                    for (String pair : header.value().split(";", -1)) {
                        String[] parts = pair.strip().split("=", 2);
                        cookies.put(parts[0], parts.length == 2 ? parts[1] : "");
                    }
                }
            }
            cookies.remove("");
            return cookies;
        }

        private static String user(JsonNode entry) {
            String named = text(entry, "_user").strip();
            if (!named.isEmpty()) {
                return named;
            }
            Matcher comment = USER.matcher(text(entry, "comment"));
            return comment.matches() ? comment.group(1) : Step.ONLY_USER;
        }

        private static Optional<Instant> time(String text) {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant());
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }

        private static String text(JsonNode node, String name) {
            JsonNode value = node.path(name);
            return value.isString() ? value.stringValue() : "";
        }
    }
}
