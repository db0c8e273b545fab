package dev.coatcheck.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole seconds as people write them: {@code 90}, {@code 90s} and {@code 2m}. */
final class Seconds implements ITypeConverter<Integer> {
    private static final Pattern FORM = Pattern.compile("(-?\\d{1,7})([sm]?)");

    @Override
    public Integer convert(String text) {
        Matcher seconds = FORM.matcher(text);
        if (!seconds.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no number of whole seconds, as in 4 or 4s, or of minutes, as in 2m");
        }
        return Integer.parseInt(seconds.group(1)) * (seconds.group(2).equals("m") ? 60 : 1);
    }
}
