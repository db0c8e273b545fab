package dev.coatcheck.process.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The variables that are set, and what they point to: files that {@code NAME_FILE} names, credentials, references. */
final class Environment {
    /** Where systemd puts the credentials of a service. */
    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    private final Map<String, String> variables;
    private final References references = new References(this::text);

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** What a setting finds. */
    sealed interface Found {
        /**
         * A text, and where it stood: the empty text for the variable itself, or a remark that names the file.
         *
         * @param followed the same where it can be read again
         */
        record Text(String text, String origin, @Nullable Followed followed) implements Found {
            static Text of(String text) {
                return new Text(text, "", null);
            }

            /** Without the text, which may be a secret. */
            @Override
            public String toString() {
                return "a text" + origin;
            }
        }

        record Nothing() implements Found {}

        /** Something that cannot be used; {@code wrong} is read after the subject. */
        record Unusable(String subject, String wrong, List<String> help) implements Found {}
    }

    /** One of the places where the value of a variable may stand. */
    private sealed interface Spot {
        /** As messages call it. */
        String title();

        record Itself(String title, String value) implements Spot {
            /** Without the value, which may be a secret. */
            @Override
            public String toString() {
                return title;
            }
        }

        /** @param before what stands between its title and what is wrong with it */
        record InFile(String title, String before, TextFile file) implements Spot {}
    }

    /** The names of the variables that hold anything. */
    Set<String> names() {
        return variables.keySet().stream().filter(this::isSet).collect(Collectors.toUnmodifiableSet());
    }

    /** Begins to read what the settings refer to, so that all that is far away is waited for at once. */
    void begin(Stream<Setting> settings) {
        settings.filter(setting -> setting.format().secret()).forEach(setting -> {
            // What is contradicted is a problem anyway, and nobody would wait for it.
            var spots = spots(setting.name());
            if (spots.size() == 1 && spots.get(0) instanceof Spot.Itself itself) {
                references.begin(itself.value());
            }
        });
    }

    Found find(Setting setting) {
        var spots = spots(setting.name());
        if (spots.size() > 1) {
            return new Found.Unusable(spots.get(0).title(), contradiction(spots), List.of());
        }
        return spots.isEmpty()
                ? new Found.Nothing()
                : switch (spots.get(0)) {
                    case Spot.Itself itself
                    when setting.format().secret() -> references.find(setting.name(), itself.value());
                    case Spot.Itself itself -> Found.Text.of(itself.value());
                    case Spot.InFile spot -> read(setting.name(), spot);
                };
    }

    /** For sources of secrets, which are attached by variables themselves. */
    private Optional<String> text(String name) throws SecretException {
        var spots = spots(name);
        if (spots.size() > 1) {
            throw new SecretException("needs " + name + "; " + spots.get(0).title() + " " + contradiction(spots));
        }
        if (spots.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                switch (spots.get(0)) {
                    case Spot.Itself itself -> itself.value();
                    case Spot.InFile spot -> {
                        try {
                            yield spot.file().read();
                        } catch (SecretException wrong) {
                            throw new SecretException(
                                    "needs " + name + "; " + spot.title() + " " + spot.before() + wrong.getMessage());
                        }
                    }
                });
    }

    private List<Spot> spots(String name) {
        var spots = new ArrayList<Spot>();
        if (isSet(name)) {
            spots.add(new Spot.Itself(name, value(name)));
        }
        if (isSet(name + "_FILE")) {
            var location = value(name + "_FILE");
            spots.add(new Spot.InFile(
                    name + "_FILE", "names " + Shown.path(location) + ", which ", new TextFile(location)));
        }
        credential(name)
                .ifPresent(
                        file -> spots.add(new Spot.InFile("the credential " + Shown.plain(file.location()), "", file)));
        return spots;
    }

    private Optional<TextFile> credential(String name) {
        if (!isSet(CREDENTIALS)) {
            return Optional.empty();
        }
        try {
            var file = Path.of(value(CREDENTIALS), name);
            return Files.exists(file) ? Optional.of(new TextFile(file.toString())) : Optional.empty();
        } catch (InvalidPathException none) {
            return Optional.empty();
        }
    }

    private static String contradiction(List<Spot> spots) {
        var others = spots.stream().skip(1).map(Spot::title).collect(Collectors.joining(" and "));
        return spots.size() == 2
                ? "and " + others + " are both set; unset one of them"
                : "and " + others + " are all set; unset all but one of them";
    }

    private static Found read(String variable, Spot.InFile spot) {
        try {
            var file = spot.file();
            var location = Shown.path(file.location());
            var secret = new Followed(variable, new Document("the file " + location, file), new Field.Whole());
            return new Found.Text(secret.last(), " (read from the file " + location + ")", secret);
        } catch (SecretException wrong) {
            return new Found.Unusable(spot.title(), spot.before() + wrong.getMessage(), wrong.advice());
        }
    }

    private boolean isSet(String name) {
        return !value(name).isEmpty();
    }

    private String value(String name) {
        return variables.getOrDefault(name, "");
    }
}
