package dev.coatcheck.guides;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A piece of code on a page.
 *
 * @param page the file
 * @param line where its code begins, from 1
 * @param language what the fence says
 */
record Sample(Path page, long line, String language, String code) {
    private static final Set<String> LANGUAGES = Set.of("java", "js", "sql", "properties", "xml");
    private static final Pattern BLOCK =
            Pattern.compile("^\\h*```(\\w+)\\h*\n(.*?)^\\h*```\\h*$", Pattern.DOTALL | Pattern.MULTILINE);

    /** A text or a comment of several lines, where it is not in a string, a character or a comment of one line. */
    private static final Pattern BLOCK_COMMENT_OR_TEXT = Pattern.compile(
            "\"\"\".*?\"\"\"|/\\*.*?\\*/|(\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])*'|//[^\n]*)",
            Pattern.DOTALL);

    /** A string, a character, a comment to the end of its line, a word or a sign. */
    private static final Pattern TOKEN =
            Pattern.compile("\"(?:\\\\.|[^\"\\\\\n])*\"|'(?:\\\\.|[^'\\\\\n])*'|//[^\n]*|\\w+|\\S");

    /** What is code on a page; what else stands in fences is what a terminal or a message shows. */
    static List<Sample> of(Path page) throws IOException {
        var text = Files.readString(page);
        return BLOCK.matcher(text)
                .results()
                .filter(block -> LANGUAGES.contains(block.group(1)))
                .map(block -> new Sample(
                        page, text.substring(0, block.start(2)).lines().count() + 1, block.group(1), block.group(2)))
                .toList();
    }

    /**
     * Whether a source has this code, in one piece, with the same comments, whatever its line breaks; Java not in a comment
     * or a text, where it would not be compiled.
     */
    boolean isIn(String source) {
        return language.equals("java")
                ? tokens(withoutBlocks(source)).contains(tokens(code))
                : words(source).contains(words(code));
    }

    private static String withoutBlocks(String java) {
        return BLOCK_COMMENT_OR_TEXT
                .matcher(java)
                .replaceAll(found -> found.group(1) == null ? " " : Matcher.quoteReplacement(found.group()));
    }

    private static String tokens(String java) {
        return TOKEN.matcher(java)
                .results()
                .map(token -> token.group().strip())
                .collect(Collectors.joining("\n", "\n", "\n"));
    }

    private static String words(String text) {
        return text.strip().replaceAll("\\s+", " ");
    }

    @Override
    public String toString() {
        return page.getFileName() + ", line " + line;
    }
}
