package dev.coatcheck.state.uploads;

import dev.coatcheck.state.blobs.PutOptions;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** An {@link UploadRecord} as adapters store it: the text of {@link Properties}, with the number of its format. */
public final class UploadFormat {
    private static final String FORMAT = "1";
    private static final String METADATA = "metadata.";
    private static final String ATTRIBUTE = "attribute.";

    private final Properties fields = new Properties();

    private UploadFormat() {}

    /** Text that every store takes, of some hundred bytes and whatever the application adds. */
    public static String write(UploadRecord upload) {
        var format = new UploadFormat();
        format.put(upload);
        var text = new StringWriter();
        try {
            format.fields.store(text, null);
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return text.toString();
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @throws IllegalArgumentException where it is nothing that this release reads
     */
    public static UploadRecord read(String text) {
        var format = new UploadFormat();
        try {
            format.fields.load(new StringReader(text));
        } catch (IOException e) {
            throw new UncheckedIOException("reading from memory does not fail", e);
        }
        if (!format.find("format").equals(Optional.of(FORMAT))) {
            throw new IllegalArgumentException("an upload in a format that this release does not read");
        }
        return format.get();
    }

    private void put(UploadRecord upload) {
        var options = upload.begun().options();
        fields.put("format", FORMAT);
        fields.put("id", upload.id().text());
        fields.put("parts", upload.parts().stream().map(UploadId::text).collect(Collectors.joining(" ")));
        fields.put("chunkSize", "" + upload.chunkSize());
        fields.put("expiry", upload.expiry().toString());
        fields.put("lease", upload.lease().toString());
        fields.put("offset", "" + upload.offset());
        fields.put("digest", upload.digest());
        fields.put("head", upload.head());
        fields.put("contentType", options.contentType());
        fields.put("maxBytes", "" + options.maxBytes());
        fields.put("ifAbsent", "" + options.ifAbsent());
        options.sha256().ifPresent(sha256 -> fields.put("sha256", sha256));
        upload.begun().key().ifPresent(key -> fields.put("key", key));
        upload.begun().length().ifPresent(length -> fields.put("length", "" + length));
        options.metadata().forEach((name, value) -> fields.put(METADATA + name, value));
        upload.begun().attributes().forEach((name, value) -> fields.put(ATTRIBUTE + name, value));
    }

    private UploadRecord get() {
        var options = new PutOptions(
                text("contentType"),
                all(METADATA),
                Long.parseLong(text("maxBytes")),
                find("sha256"),
                Boolean.parseBoolean(text("ifAbsent")));
        var length = find("length").map(Long::parseLong).map(OptionalLong::of).orElseGet(OptionalLong::empty);
        return new UploadRecord(
                new UploadId(text("id")),
                new NewUpload(find("key"), options, length, all(ATTRIBUTE)),
                parts(text("parts")),
                Integer.parseInt(text("chunkSize")),
                Duration.parse(text("expiry")),
                Duration.parse(text("lease")),
                Long.parseLong(text("offset")),
                text("digest"),
                text("head"));
    }

    private static List<UploadId> parts(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(" ", -1)).map(UploadId::new).toList();
    }

    private Map<String, String> all(String prefix) {
        var found = new TreeMap<String, String>();
        for (var name : fields.stringPropertyNames()) {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), text(name));
            }
        }
        return found;
    }

    private Optional<String> find(String name) {
        return Optional.ofNullable(fields.getProperty(name));
    }

    private String text(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("an upload is stored without its \"" + name + "\""));
    }
}
