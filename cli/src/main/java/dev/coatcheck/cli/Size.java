package dev.coatcheck.cli;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A number of bytes as people write it: {@code 20m} is 20 × 1024 × 1024. */
final class Size implements ITypeConverter<Long> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})([kmg]?)");

    @Override
    public Long convert(String text) {
        Matcher size = FORM.matcher(text.toLowerCase(Locale.ROOT));
        if (!size.matches()) {
            throw new TypeConversionException(
                    "'" + text + "' is no size; a number of bytes, or one with k, m or g behind it, as in 20m");
        }
        int power = size.group(2).isEmpty() ? 0 : 1 + "kmg".indexOf(size.group(2));
        return Long.parseLong(size.group(1)) << (10 * power);
    }
}
