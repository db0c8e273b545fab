package dev.coatcheck.prove.compare;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What texts that vary have in common: a well-known form, or else their length and the kinds of their characters. Random
 * values keep their shape; the name of a user in the place of a token, or nothing in the place of an id, does not.
 */
record Shape(Form form, int shortest, int longest, Set<String> characters, String example) {
    /** As a person writes it: {@code error}, {@code Not-found}, {@code UNKNOWN}. */
    private static final Pattern WORD = Pattern.compile("[A-Z]?[a-z]+([_-][A-Z]?[a-z]+)*|[A-Z]+([_-][A-Z]+)*");

    /** What programs say where they have no id. */
    private static final Set<String> NO_ID = Set.of(
            "undefined",
            "null",
            "none",
            "unknown",
            "missing",
            "invalid",
            "error",
            "failed",
            "notfound",
            "anonymous",
            "guest",
            "login",
            "signin");

    /** Forms that are told at sight. */
    enum Form {
        EMPTY("nothing", Pattern.compile("")),
        NUMBER("a number", Pattern.compile("[+-]?\\d{1,30}([.,]\\d{1,30})?([eE][+-]?\\d{1,3})?")),
        UUID("a UUID", Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
        TIME(
                "a time",
                Pattern.compile(
                        "(\\d{4}-\\d\\d-\\d\\d[T ])?\\d\\d?:\\d\\d(:\\d\\d)?([.,]\\d{1,9})?(Z|[+-]\\d\\d:?\\d\\d)?")),
        DATE("a date", Pattern.compile("\\d{4}-\\d\\d-\\d\\d|\\d{1,2}[./]\\d{1,2}[./]\\d{2,4}")),
        OPAQUE("an opaque token", Pattern.compile("(?=.*\\d|.*[a-z].*[A-Z]|.*[A-Z].*[a-z])[A-Za-z0-9+/=_.~:-]{12,}")),
        /** As short ids are; where all of them are words, they are none. */
        TOKEN("a short token", Pattern.compile("[A-Za-z0-9_-]+")),
        FREE("a text", Pattern.compile(".*", Pattern.DOTALL));

        private final String words;
        private final Pattern pattern;

        Form(String words, Pattern pattern) {
            this.words = words;
            this.pattern = pattern;
        }

        boolean fits(String text) {
            return pattern.matcher(text).matches();
        }
    }

    /** The narrowest shape that all of them have. */
    static Shape of(List<String> samples) {
        Form form = Form.FREE;
        for (Form candidate : Form.values()) {
            boolean words =
                    samples.stream().allMatch(Shape::isWord) || samples.stream().anyMatch(Shape::saysNoId);
            if (!(candidate == Form.TOKEN && words) && samples.stream().allMatch(candidate::fits)) {
                form = candidate;
                break;
            }
        }
        int shortest = samples.stream().mapToInt(String::length).min().orElse(0);
        int longest = samples.stream().mapToInt(String::length).max().orElse(0);
        Set<String> characters = new TreeSet<>();
        samples.forEach(sample -> characters.addAll(characters(sample)));
        return new Shape(form, shortest, longest, characters, samples.isEmpty() ? "" : samples.getFirst());
    }

    /** Whether another value varies in the same way. Lengths have some play, as three samples show few of them. */
    boolean fits(String text) {
        return switch (form) {
            case EMPTY, UUID, TIME, DATE -> form.fits(text);
            case NUMBER -> form.fits(text) || isHexadecimalLike(text);
            case OPAQUE, TOKEN ->
                isWord(text)
                        ? fitsThoughWord(text)
                        : fitsLength(text) && alphabet().containsAll(characters(text));
            case FREE -> fitsLength(text) && alphabet().containsAll(characters(text));
        };
    }

    /** One in sixteen random texts of four hexadecimal digits has decimal ones alone, three of them now and then. */
    private boolean isHexadecimalLike(String text) {
        return shortest >= 4
                && shortest == longest
                && text.length() == shortest
                && Set.of("digits", "a-f").containsAll(characters(text));
    }

    /**
     * A few short samples of base64 (RFC 4648, 4 and 5) may have no digit, none of its signs, also as addresses have them
     * ({@code %3D}), no small letter from g on. A text of several words is none, and names, which are not all of one length, may
     * have letters alone.
     */
    private Set<String> alphabet() {
        boolean letters = characters.contains("a-f") || characters.contains("capitals");
        boolean names = form == Form.FREE
                && shortest != longest
                && Set.of("a-f", "letters", "capitals").containsAll(characters);
        if (!letters || names || characters.stream().anyMatch(String::isBlank)) {
            return characters;
        }
        Set<String> alphabet = new TreeSet<>(characters);
        alphabet.addAll(Set.of("digits", "-", "_"));
        if (characters.contains("capitals") && characters.contains("a-f")) {
            alphabet.addAll(Set.of("letters", "+", "/", "=", "%"));
        }
        return alphabet;
    }

    /**
     * Of random texts of seven small letters and digits one in ten has no digit, and looks like a word. Of words that stand
     * in the place of an id, as {@code not-found}, few are as long as the id. A random number in letters and digits is a
     * little shorter now and then, which three samples need not show.
     */
    private boolean fitsThoughWord(String text) {
        int play = shortest < 10 ? 1 : 2;
        return isWord(text)
                && !saysNoId(text)
                && text.length() >= shortest - play
                && text.length() <= longest + play
                && alphabet().containsAll(characters(text));
    }

    private static boolean isWord(String text) {
        return WORD.matcher(text).matches();
    }

    private static boolean saysNoId(String text) {
        return NO_ID.contains(text.toLowerCase(Locale.ROOT).replaceAll("[_-]", ""));
    }

    private boolean fitsLength(String text) {
        int least = shortest == 0 ? 0 : Math.max(1, shortest - 2 - shortest / 4);
        return text.length() >= least && text.length() <= longest + 2 + longest / 4;
    }

    /** Digits, letters below g, other letters, capitals; any other character is a kind of its own. */
    private static Set<String> characters(String text) {
        Set<String> kinds = new TreeSet<>();
        text.codePoints().forEach(c -> {
            if (Character.isDigit(c)) {
                kinds.add("digits");
            } else if (c >= 'a' && c <= 'f') {
                kinds.add("a-f");
            } else if (Character.isUpperCase(c)) {
                kinds.add("capitals");
            } else if (Character.isLetter(c)) {
                kinds.add("letters");
            } else {
                kinds.add(Character.toString(c));
            }
        });
        if (kinds.contains("letters")) {
            kinds.add("a-f");
        }
        return kinds;
    }

    @Override
    public String toString() {
        return form == Form.EMPTY ? form.words : form.words + " as " + Shown.beginning(example);
    }
}
