package dev.coatcheck.prove.scenario;

/**
 * Where something is written.
 *
 * @param source a file's name, or an option of the command line
 * @param line counted from 1
 * @param column counted from 1, in characters
 */
public record Place(String source, int line, int column) {
    @Override
    public String toString() {
        // An option of the command line is a line of its own.
        return source.startsWith("--") ? source + ", column " + column : source + ":" + line + ":" + column;
    }
}
