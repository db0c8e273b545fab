package dev.coatcheck.prove.har;

import dev.coatcheck.prove.scenario.Reading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** A HAR as a browser would write it, entry by entry. */
final class Archive {
    static final String ORIGIN = "http://localhost:3000";

    private final String creator;
    private final List<Entry> entries = new ArrayList<>();

    Archive(String creator) {
        this.creator = creator;
    }

    Entry entry(String method, String url, int status) {
        Entry entry = new Entry(method, url.startsWith("/") ? ORIGIN + url : url, status);
        entries.add(entry);
        return entry;
    }

    Entry page(String path) {
        return entry("GET", path, 200).answer("text/html; charset=utf-8", "<p>" + path + "</p>");
    }

    Path write(Path folder) throws IOException {
        Map<String, Object> log = Map.of(
                "version",
                "1.2",
                "creator",
                Map.of("name", creator, "version", "1"),
                "pages",
                List.of(),
                "entries",
                entries.stream().map(Entry::json).toList());
        Path file = folder.resolve("recorded.har");
        Files.write(file, JsonMapper.shared().writeValueAsBytes(Map.of("log", log)));
        return file;
    }

    Reading read(Path folder) throws IOException {
        return HarReader.read(write(folder));
    }

    static final class Entry {
        private final Map<String, Object> request = new LinkedHashMap<>();
        private final Map<String, Object> response = new LinkedHashMap<>();
        private final Map<String, Object> all = new LinkedHashMap<>();
        private final List<Object> sent = new ArrayList<>();
        private final List<Object> received = new ArrayList<>();

        private Entry(String method, String url, int status) {
            request.put("method", method);
            request.put("url", url);
            request.put("headers", sent);
            response.put("status", status);
            response.put("headers", received);
        }

        Entry header(String name, String value) {
            sent.add(Map.of("name", name, "value", value));
            return this;
        }

        Entry answerHeader(String name, String value) {
            received.add(Map.of("name", name, "value", value));
            return this;
        }

        Entry body(String mimeType, String text) {
            request.put("postData", Map.of("mimeType", mimeType, "text", text));
            return header("content-type", mimeType);
        }

        Entry request(String name, Object value) {
            request.put(name, value);
            return this;
        }

        Entry answer(String mimeType, String text) {
            return content(Map.of("mimeType", mimeType, "size", text.length(), "text", text));
        }

        Entry content(Map<String, Object> content) {
            response.put("content", content);
            return this;
        }

        Entry with(String name, Object value) {
            all.put(name, value);
            return this;
        }

        private Map<String, Object> json() {
            all.put("request", request);
            all.put("response", response);
            return all;
        }
    }
}
