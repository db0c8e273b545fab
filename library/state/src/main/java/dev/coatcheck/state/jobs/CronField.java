package dev.coatcheck.state.jobs;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * One field of a cron expression: the values that it means, a bit each.
 *
 * @param isAny whether it is not restricted: it begins with {@code *}, as crontab(5) has it
 */
record CronField(long bits, boolean isAny) {
    static final List<String> MONTHS =
            List.of("", "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
    static final List<String> WEEKDAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

    /**
     * Reads a field.
     *
     * @param names of the values, by value
     */
    static CronField parse(String field, int least, int greatest, List<String> names) {
        long bits = 0;
        for (var part : field.split(",", -1)) {
            bits |= bits(part, least, greatest, names);
        }
        return new CronField(bits, field.startsWith("*"));
    }

    private static long bits(String part, int least, int greatest, List<String> names) {
        var rangeAndStep = part.split("/", -1);
        var range = rangeAndStep[0];
        int step = rangeAndStep.length == 1 ? 1 : number(rangeAndStep[1], part);
        int first = least;
        int last = greatest;
        if (!range.equals("*")) {
            var ends = range.split("-", -1);
            first = value(ends[0], names, part);
            last = ends.length == 1 ? first : value(ends[1], names, part);
            if (ends.length > 2 || (ends.length == 1 && rangeAndStep.length > 1)) {
                throw new IllegalArgumentException("\"%s\" is no value, range or step".formatted(part));
            }
        }
        if (rangeAndStep.length > 2 || step < 1 || first < least || last > greatest || first > last) {
            throw new IllegalArgumentException("\"%s\" is not within %d-%d".formatted(part, least, greatest));
        }
        long bits = 0;
        for (int value = first; value <= last; value += step) {
            bits |= 1L << value;
        }
        return bits;
    }

    private static int value(String text, List<String> names, String part) {
        int named = names.indexOf(text.toUpperCase(Locale.ROOT));
        return named >= 0 && !text.isEmpty() ? named : number(text, part);
    }

    private static int number(String text, String part) {
        if (!text.matches("\\d{1,2}")) {
            throw new IllegalArgumentException("\"%s\" in \"%s\" is no number".formatted(text, part));
        }
        return Integer.parseInt(text);
    }

    boolean contains(int value) {
        return (bits >> value & 1) == 1;
    }

    /** In ascending order. */
    IntStream values() {
        return IntStream.range(0, Long.SIZE).filter(this::contains);
    }
}
