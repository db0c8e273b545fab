package dev.coatcheck.prove.scenario.http;

import dev.coatcheck.prove.scenario.Body;
import dev.coatcheck.prove.scenario.ContentTypes;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.FilesBeside;
import dev.coatcheck.prove.scenario.Template;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The bodies of requests: as they stand there, or in files beside the scenario. */
final class HttpBodies {
    private static final int LARGEST_TEMPLATE = 8 << 20;
    private static final Pattern FILE = Pattern.compile("<(?<template>@\\S*)?\\s+(?<name>\\S.*?)\\s*");
    private static final Pattern INSERTED = Pattern.compile("<(@\\S*)?\\s+\\.{0,2}/\\S.*");
    private static final Pattern BETWEEN_MESSAGES = Pattern.compile("===(\\s+wait-for-server)?\\s*");
    private static final Pattern FILE_NAME = Pattern.compile("(?i).*\\bfilename=\"?([^\";]*)\"?.*");
    private static final Pattern BOUNDARY = Pattern.compile("(?i)boundary=\"?([^\";\\s]+)");
    private static final Pattern DISPOSITION =
            Pattern.compile("(?i)content-disposition:\\s*form-data\\s*;.*?(?<!\\w)name=\"?([^\";]+)\"?.*");
    private static final Pattern PART_TYPE = Pattern.compile("(?i)content-type:\\s*(\\S.*?)\\s*");

    private final HttpVariables variables;
    private final FilesBeside files;

    HttpBodies(HttpVariables variables, Path scenario) {
        this.variables = variables;
        this.files = new FilesBeside(scenario);
    }

    /** @param contentType that the request says; empty where it says none */
    Body read(List<HttpBlock.Line> lines, String contentType) {
        if (lines.isEmpty()) {
            return new Body.None();
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (type.startsWith("multipart/")) {
            return multipart(lines, contentType);
        }
        HttpBlock.Line first = lines.getFirst();
        Matcher file = FILE.matcher(first.text());
        if (lines.size() == 1 && file.matches()) {
            Path path = file(first.number(), file.group("name"));
            return file.group("template") == null
                    ? new Body.File(path, ContentTypes.of(path))
                    : text(first.number(), content(first.number(), path), type);
        }
        refuseFileAmong(lines);
        return text(first.number(), joined(lines, "\n"), type);
    }

    /**
     * What is sent on a WebSocket. Lines {@code ===} stand between messages; before one that follows a line {@code ===
     * wait-for-server} the other side sends one.
     */
    Body messages(List<HttpBlock.Line> lines) {
        List<Body.Message> messages = new ArrayList<>();
        List<HttpBlock.Line> open = new ArrayList<>();
        boolean awaited = false;
        for (HttpBlock.Line line : lines) {
            if (!BETWEEN_MESSAGES.matcher(line.text()).matches()) {
                open.add(line);
                continue;
            }
            addMessage(open, awaited, messages);
            if (!isBlank(open)) {
                awaited = false;
            }
            open.clear();
            awaited |= line.text().contains("wait-for-server");
        }
        addMessage(open, awaited, messages);
        return messages.isEmpty() ? new Body.None() : new Body.Messages(messages);
    }

    private void addMessage(List<HttpBlock.Line> lines, boolean awaited, List<Body.Message> into) {
        if (!isBlank(lines)) {
            refuseFileAmong(lines);
            into.add(new Body.Message(
                    template(lines.getFirst().number(), joined(lines, "\n").strip()),
                    awaited ? Body.Await.A_MESSAGE : Body.Await.NOTHING));
        }
    }

    private static boolean isBlank(List<HttpBlock.Line> lines) {
        return lines.stream().allMatch(line -> line.text().isBlank());
    }

    /** Editors would put the file's content there. */
    private void refuseFileAmong(List<HttpBlock.Line> lines) {
        for (HttpBlock.Line line : lines) {
            if (INSERTED.matcher(line.text()).matches()) {
                throw variables.wrong(
                        line.number(),
                        "a file is the whole of a body or of a part, or none of it: "
                                + line.text().strip());
            }
        }
    }

    private static String joined(List<HttpBlock.Line> lines, String end) {
        return lines.stream().map(HttpBlock.Line::text).collect(Collectors.joining(end));
    }

    private Body text(int line, String text, String type) {
        if (type.equals(ContentTypes.FORM)) {
            return form(line, text.lines().map(String::strip).collect(Collectors.joining()));
        }
        Cursor cursor = variables.cursor(line, text.strip());
        boolean json = type.endsWith("/json") || type.endsWith("+json") || type.isEmpty();
        if (json && (cursor.at("{") || cursor.at("[")) && !cursor.at("{{")) {
            Body body = cursor.json();
            if (!cursor.atEnd()) {
                throw cursor.error("something follows the JSON; a request has one body");
            }
            return body;
        }
        return new Body.Text(cursor.templateUpTo(cursor.remaining()), "");
    }

    private Body form(int line, String text) {
        List<Field> fields = new ArrayList<>();
        for (String pair : text.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            if (parts[0].isBlank() || parts.length < 2) {
                throw variables.wrong(line, "expected name=value, with '&' between two of them");
            }
            fields.add(new Field(decoded(parts[0].strip()), decodedTemplate(line, parts[1])));
        }
        return new Body.Form(fields);
    }

    private Template decodedTemplate(int line, String text) {
        Template template = template(line, text);
        return new Template(template.parts().stream()
                .<Template.Part>map(part -> switch (part) {
                    case Template.Literal(String literal) -> new Template.Literal(decoded(literal));
                    case Template.Variable variable -> variable;
                })
                .toList());
    }

    /** A percent sign that encodes nothing stands for itself: a person typed it. */
    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private Template template(int line, String text) {
        Cursor cursor = variables.cursor(line, text);
        return cursor.templateUpTo(cursor.remaining());
    }

    private Body multipart(List<HttpBlock.Line> lines, String contentType) {
        int first = lines.getFirst().number();
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            throw variables.wrong(
                    first, "the header Content-Type says no boundary, as in multipart/form-data; boundary=X");
        }
        String delimiter = "--" + boundary.group(1);
        List<Body.Part> parts = new ArrayList<>();
        List<HttpBlock.Line> part = new ArrayList<>();
        boolean inside = false;
        for (HttpBlock.Line line : lines) {
            boolean end = line.text().strip().equals(delimiter + "--");
            if (end || line.text().strip().equals(delimiter)) {
                if (inside) {
                    parts.add(part(part, line.number()));
                }
                part = new ArrayList<>();
                inside = !end;
            } else if (inside) {
                part.add(line);
            } else if (!line.text().isBlank()) {
                throw variables.wrong(line.number(), "expected the line " + delimiter);
            }
        }
        if (inside || parts.isEmpty()) {
            throw variables.wrong(first, "this body is never closed; expected the line " + delimiter + "-- at its end");
        }
        return new Body.Multipart(parts);
    }

    private Body.Part part(List<HttpBlock.Line> lines, int end) {
        Optional<String> name = Optional.empty();
        String type = "";
        String fileName = "";
        int i = 0;
        for (; i < lines.size() && !lines.get(i).text().isBlank(); i++) {
            Matcher disposition = DISPOSITION.matcher(lines.get(i).text());
            Matcher contentType = PART_TYPE.matcher(lines.get(i).text());
            Matcher called = FILE_NAME.matcher(lines.get(i).text());
            name = disposition.matches() ? Optional.of(disposition.group(1)) : name;
            fileName = disposition.matches() && called.matches() ? called.group(1) : fileName;
            type = contentType.matches() ? contentType.group(1) : type;
        }
        if (name.isEmpty()) {
            throw variables.wrong(
                    lines.isEmpty() ? end : lines.getFirst().number(),
                    "a part begins with its name, as in Content-Disposition: form-data; name=\"photo\"");
        }
        List<HttpBlock.Line> content = lines.subList(Math.min(i + 1, lines.size()), lines.size());
        List<HttpBlock.Line> telling = content.stream()
                .filter(line -> !line.text().isBlank() && !line.text().startsWith("// "))
                .toList();
        Matcher file = FILE.matcher(telling.size() == 1 ? telling.getFirst().text() : "");
        if (file.matches()) {
            int line = telling.getFirst().number();
            if (file.group("template") != null) {
                throw variables.wrong(
                        line,
                        "a file is the whole of a body or of a part, and in that of a part nothing is replaced: write it"
                                + " without '@'");
            }
            return filePart(line, name.get(), fileName, type, file(line, file.group("name")));
        }
        refuseFileAmong(content);
        return textPart(content.isEmpty() ? end : content.getFirst().number(), name.get(), fileName, type, content);
    }

    private Body.Part filePart(int line, String name, String fileName, String type, Path path) {
        String said = type.isEmpty() ? ContentTypes.of(path) : type;
        if (fileName.isEmpty() || fileName.equals(String.valueOf(path.getFileName()))) {
            return new Body.FilePart(name, path, said);
        }
        try {
            return Body.BytesPart.of(name, Optional.of(fileName), said, Files.readAllBytes(path));
        } catch (IOException e) {
            throw variables.wrong(line, path + " cannot be read: " + e.getMessage());
        }
    }

    private Body.Part textPart(int line, String name, String fileName, String type, List<HttpBlock.Line> content) {
        Template text = template(line, joined(content, "\n"));
        if (fileName.isEmpty()
                && (type.isEmpty() || type.toLowerCase(Locale.ROOT).startsWith("text/plain"))) {
            return new Body.TextPart(name, text);
        }
        if (text.parts().stream().anyMatch(Template.Variable.class::isInstance)) {
            throw variables.wrong(
                    line,
                    "variables in a part that has a file name or a type of its own are not taken; write the values");
        }
        return Body.BytesPart.of(
                name,
                fileName.isEmpty() ? Optional.empty() : Optional.of(fileName),
                type.isEmpty() ? "text/plain" : type,
                text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private Path file(int line, String name) {
        try {
            return files.file(name);
        } catch (IllegalArgumentException e) {
            throw variables.wrong(line, String.valueOf(e.getMessage()));
        }
    }

    private String content(int line, Path file) {
        try {
            if (Files.size(file) > LARGEST_TEMPLATE) {
                throw variables.wrong(line, file + " is larger than 8 MiB; without '@' it is sent as it is");
            }
            return Files.readString(file);
        } catch (IOException e) {
            throw variables.wrong(line, file + " cannot be read as UTF-8 text: " + e.getMessage());
        }
    }
}
