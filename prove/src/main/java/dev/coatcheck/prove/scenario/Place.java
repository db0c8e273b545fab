package dev.coatcheck.prove.scenario;

/**
 * Where something is written.
 *
 * @param source a file's name, or an option of the command line
 * @param line counted from 1; 0 where the source has none that would tell anything
 * @param column counted from 1, in characters
 */
public record Place(String source, int line, int column) {
    /** A source that nobody wrote line by line. */
    public static Place of(String source) {
        return new Place(source, 0, 0);
    }

    @Override
    public String toString() {
        if (line == 0) {
            return source;
        }
        // An option of the command line is a line of its own.
        return source.startsWith("--") ? source + ", column " + column : source + ":" + line + ":" + column;
    }
}
