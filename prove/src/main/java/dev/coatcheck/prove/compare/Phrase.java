package dev.coatcheck.prove.compare;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A text of which parts vary: "Hello ann, it is ‹time› on process ‹number›". The fixed parts stay fixed, the holes keep
 * their shape, and a hole that always held a known value must hold it again.
 */
final class Phrase {
    private static final int MOST_TOKENS = 4_000;
    /** Each costs time for every character of the text. Where more varies, what varies is one. */
    private static final int MOST_HOLES = 100;

    /** Of base64, as addresses have it too; it comes and goes with the length of what is encoded. */
    private static final String PADDING = "(?:=|%3[Dd]){1,2}+(?![\\p{L}\\p{N}])";

    private static final Pattern MINUTE =
            Pattern.compile("(\\d{4}-\\d\\d-\\d\\d[T ])?\\d\\d?:\\d\\d(Z|[+-]\\d\\d:?\\d\\d)?");

    private static final java.util.regex.Pattern TOKEN = java.util.regex.Pattern.compile(
            Names.BEGIN + "[^" + Names.END + "]*" + Names.END + "|[\\p{L}\\p{N}_:+-]+(\\.[\\p{L}\\p{N}_:+-]+)*("
                    + PADDING + ")?|\\s+|.",
            java.util.regex.Pattern.DOTALL);

    private sealed interface Piece {}

    private record Fixed(String text) implements Piece {}

    private record Named(String renamed) implements Piece {}

    private record Hole(Shape shape) implements Piece {}

    private final List<Piece> pieces;
    private final Pattern pattern;
    private final boolean renamedFirst;
    private final String example;

    private Phrase(List<Piece> pieces, boolean renamedFirst, String example) {
        this.pieces = pieces;
        this.renamedFirst = renamedFirst;
        this.example = example;
        StringBuilder expression = new StringBuilder("(?s)");
        for (Piece piece : pieces) {
            switch (piece) {
                case Fixed(String text) -> expression.append(Pattern.quote(text));
                case Named named -> expression.append("(.*?)");
                case Hole hole -> expression.append("(.*?)");
            }
        }
        this.pattern = Pattern.compile(expression.toString());
    }

    /** What the texts have in common. */
    static Phrase of(List<String> texts, List<Names> names) {
        List<List<String>> tokens = texts.stream().map(Phrase::tokens).toList();
        boolean renamed = !sameLength(tokens);
        if (renamed) {
            tokens = IntStream.range(0, texts.size())
                    .mapToObj(i -> tokens(names.get(i).rename(texts.get(i))))
                    .toList();
        }
        List<List<String>> columns = columns(tokens);
        List<Piece> pieces = new ArrayList<>();
        for (List<String> column : columns) {
            pieces.add(piece(column, names));
        }
        return new Phrase(pieces, renamed, texts.getFirst());
    }

    private static List<String> tokens(String text) {
        return TOKEN.matcher(text)
                .results()
                .map(java.util.regex.MatchResult::group)
                .toList();
    }

    private static boolean sameLength(List<List<String>> lists) {
        return lists.stream().mapToInt(List::size).distinct().count() == 1
                && lists.getFirst().size() <= MOST_TOKENS;
    }

    /** For each piece what each text has there. Neighbours that vary are one piece: nothing tells where one ends. */
    private static List<List<String>> columns(List<List<String>> tokens) {
        int shortest = tokens.stream().mapToInt(List::size).min().orElse(0);
        boolean aligned = sameLength(tokens);
        int prefix = 0;
        while (prefix < shortest && same(column(tokens, prefix, false))) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < shortest - prefix && same(column(tokens, suffix + 1, true))) {
            suffix++;
        }
        List<List<String>> columns = new ArrayList<>();
        for (int i = 0; i < prefix; i++) {
            columns.add(column(tokens, i, false));
        }
        if (aligned && varying(tokens) <= MOST_HOLES) {
            for (int i = prefix; i < shortest - suffix; i++) {
                columns.add(column(tokens, i, false));
            }
        } else {
            int from = prefix;
            int cut = suffix;
            columns.add(tokens.stream()
                    .map(list -> String.join("", list.subList(from, list.size() - cut)))
                    .toList());
        }
        for (int i = suffix; i > 0; i--) {
            columns.add(column(tokens, i, true));
        }
        return merged(columns);
    }

    private static List<String> column(List<List<String>> tokens, int index, boolean fromEnd) {
        return tokens.stream()
                .map(list -> list.get(fromEnd ? list.size() - index : index))
                .toList();
    }

    private static long varying(List<List<String>> tokens) {
        return IntStream.range(0, tokens.getFirst().size())
                .filter(i -> !isFixed(column(tokens, i, false)))
                .count();
    }

    private static boolean same(List<String> column) {
        return column.stream().distinct().count() == 1;
    }

    /** A clock goes on, even where the runs of the control were all within one minute. */
    private static boolean isFixed(List<String> column) {
        return same(column) && !isMinute(column.getFirst());
    }

    /** Whether a text tells a time of day that may have stood still during the control, whose runs begin a second apart. */
    static boolean tellsMinute(String text) {
        return tokens(text).stream().anyMatch(Phrase::isMinute);
    }

    private static boolean isMinute(String token) {
        return MINUTE.matcher(token).matches();
    }

    private static List<List<String>> merged(List<List<String>> columns) {
        List<List<String>> merged = new ArrayList<>();
        for (List<String> column : columns) {
            if (!merged.isEmpty() && isFixed(merged.getLast()) == isFixed(column)) {
                List<String> before = merged.removeLast();
                merged.add(IntStream.range(0, column.size())
                        .mapToObj(i -> before.get(i) + column.get(i))
                        .toList());
            } else {
                merged.add(column);
            }
        }
        return merged;
    }

    private static Piece piece(List<String> column, List<Names> names) {
        if (isFixed(column)) {
            return new Fixed(column.getFirst());
        }
        List<String> renamed = IntStream.range(0, column.size())
                .mapToObj(i -> names.get(i).rename(column.get(i)))
                .toList();
        return same(renamed) && !same(column) ? new Named(renamed.getFirst()) : new Hole(Shape.of(column));
    }

    /** Whether another text says the same. */
    boolean fits(String text, Names names) {
        Matcher matcher = pattern.matcher(renamedFirst ? names.rename(text) : text);
        if (!matcher.matches()) {
            return false;
        }
        int group = 0;
        for (Piece piece : pieces) {
            boolean fits =
                    switch (piece) {
                        case Fixed fixed -> true;
                        case Named(String renamed) ->
                            names.rename(matcher.group(++group)).equals(renamed);
                        case Hole(Shape shape) -> shape.fits(matcher.group(++group));
                    };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    /** How one of the control's runs had it. */
    String example() {
        return example;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            switch (piece) {
                case Fixed(String fixed) -> text.append(fixed);
                case Named(String renamed) -> text.append(renamed);
                case Hole hole -> text.append('…');
            }
        }
        return Shown.of(text.toString());
    }
}
