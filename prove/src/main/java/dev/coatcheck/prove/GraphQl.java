package dev.coatcheck.prove;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The documents of GraphQL: code that a request brings, with what its user wrote as literals in it. A server keeps the code
 * in a cache, which is nobody's state; what it keeps of the literals is.
 */
final class GraphQl {
    /** What GraphQL over HTTP calls the document, in JSON and in a URL. */
    private static final String FIELD = "query";

    private static final Pattern DOCUMENT =
            Pattern.compile("\\s*+(?:(?:query|mutation|subscription|fragment)\\b[^{]*+)?+\\{");
    private static final Pattern LITERAL =
            Pattern.compile("\"\"\"(?<block>.*?)\"\"\"|\"(?<text>(?:[^\"\\\\\\n]|\\\\.)*+)\"", Pattern.DOTALL);

    private GraphQl() {}

    /** Whether a field of this name with this text is a document. */
    static boolean isDocument(String field, String text) {
        return field.equals(FIELD) && DOCUMENT.matcher(text).lookingAt();
    }

    /** The texts that stand in it as literals, as they are written. */
    static List<String> literals(String document) {
        return LITERAL.matcher(document).results().map(GraphQl::inside).toList();
    }

    /** The document with other literals. */
    static String withLiterals(String document, UnaryOperator<String> change) {
        return LITERAL.matcher(document).replaceAll(match -> {
            String inside = inside(match);
            String quote = match.group().startsWith("\"\"\"") ? "\"\"\"" : "\"";
            return Matcher.quoteReplacement(quote + change.apply(inside) + quote);
        });
    }

    private static String inside(MatchResult literal) {
        String block = literal.group("block");
        return block == null ? literal.group("text") : block;
    }
}
