package dev.coatcheck.process.config;

import dev.coatcheck.process.config.Environment.Found;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * What the values of secret variables refer to. Each secret of a source is one document, however many variables refer to its
 * fields.
 */
final class References {
    /** What stands before a value that begins like a reference and is none. */
    private static final String LITERAL = "literal";

    /** Known whether they are there or not, so that a reference is never taken for the password itself. */
    private static final Map<String, String> ARTIFACTS =
            Map.of("vault", "coatcheck-process", "aws-secretsmanager", "coatcheck-secretsmanager");

    private final SecretSource.Variables variables;
    private @Nullable Map<String, SecretSource> sources;
    private final Map<String, SecretSource.Reader> readers = new HashMap<>();
    private final Map<String, Document> documents = new HashMap<>();

    References(SecretSource.Variables variables) {
        this.variables = variables;
    }

    /** What a value says. */
    private sealed interface Said {
        /** Just this. */
        record Text(String text) implements Said {
            /** Without the text, which is a secret. */
            @Override
            public String toString() {
                return "a text";
            }
        }

        record Reference(SecretSource source, String secret, Field field) implements Said {}

        /** It begins like a reference, and cannot be followed. */
        record Wrong(String wrong, List<String> help) implements Said {}
    }

    /** Begins to read what {@code value} refers to, if it does. */
    void begin(String value) {
        if (said(value) instanceof Said.Reference reference) {
            var unused = document(reference);
        }
    }

    Found find(String variable, String value) {
        return switch (said(value)) {
            case Said.Text said -> Found.Text.of(said.text());
            case Said.Wrong said -> new Found.Unusable(variable, said.wrong(), said.help());
            case Said.Reference reference -> {
                try {
                    var secret = new Followed(variable, document(reference), reference.field());
                    yield new Found.Text(secret.last(), "", secret);
                } catch (SecretException failed) {
                    yield new Found.Unusable(
                            variable,
                            "refers to " + Shown.plain(value) + ", which " + failed.getMessage(),
                            failed.advice());
                }
            }
        };
    }

    private Said said(String value) {
        int colon = value.indexOf(':');
        if (colon < 0) {
            return new Said.Text(value);
        }
        var name = value.substring(0, colon);
        var rest = value.substring(colon + 1);
        if (name.equals(LITERAL)) {
            return new Said.Text(rest);
        }
        var source = sources().get(name);
        if (source == null) {
            return ARTIFACTS.containsKey(name) ? absent(name) : new Said.Text(value);
        }
        if (!source.isReference(rest)) {
            return new Said.Wrong(
                    "begins with " + name + ": and does not go on as a reference",
                    List.of("A reference is such as " + name + ":" + source.example(), literally(name)));
        }
        int hash = rest.lastIndexOf('#');
        return hash < 0
                ? new Said.Reference(source, rest, new Field.Whole())
                : new Said.Reference(source, rest.substring(0, hash), new Field.Named(rest.substring(hash + 1)));
    }

    private static Said absent(String name) {
        return new Said.Wrong(
                "refers to a secret of " + name + ", and nothing on the class path reads those",
                List.of("Add dev.coatcheck:" + ARTIFACTS.get(name), literally(name)));
    }

    private static String literally(String name) {
        return "A value that begins so by chance is written " + LITERAL + ":" + name + ":…";
    }

    private Document document(Said.Reference reference) {
        var source = reference.source();
        var shown = source.name() + ":" + reference.secret();
        return documents.computeIfAbsent(shown, absent -> {
            var reader = readers.computeIfAbsent(source.name(), name -> source.reader(variables));
            return new Document(Shown.plain(shown), () -> reader.read(reference.secret()));
        });
    }

    /** Looked for when the first value has a colon. */
    private Map<String, SecretSource> sources() {
        if (sources == null) {
            sources = installed();
        }
        return sources;
    }

    private static Map<String, SecretSource> installed() {
        var installed = new HashMap<String, SecretSource>();
        for (var source : ServiceLoader.load(SecretSource.class)) {
            var other = installed.put(source.name(), source);
            if (other != null) {
                throw new IllegalStateException("Two sources of secrets are called %s: %s and %s"
                        .formatted(
                                source.name(),
                                other.getClass().getName(),
                                source.getClass().getName()));
            }
        }
        return installed;
    }
}
