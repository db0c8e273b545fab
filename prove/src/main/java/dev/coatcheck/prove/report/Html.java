package dev.coatcheck.prove.report;

/**
 * HTML as it is built up. Everything that goes in by {@link #text} or {@link #attribute} is escaped; only markup that is
 * written in this package goes in by {@link #raw}.
 */
final class Html {
    private final StringBuilder html = new StringBuilder();

    Html raw(String markup) {
        html.append(markup);
        return this;
    }

    Html text(String text) {
        html.append(escaped(text));
        return this;
    }

    /** Text from outside: the direction it is written in stays its own matter. */
    Html foreign(String text) {
        return raw("<bdi>").text(text).raw("</bdi>");
    }

    /** Text from outside that is to be read letter by letter. */
    Html code(String text) {
        return raw("<code>").text(text).raw("</code>");
    }

    Html element(String name, String text) {
        return raw("<" + name + ">").text(text).raw("</" + name + ">");
    }

    Html attribute(String name, String value) {
        html.append(' ').append(name).append("=\"").append(escaped(value)).append('"');
        return this;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(character -> {
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                case '\n', '\t' -> escaped.append((char) character);
                default -> escaped.appendCodePoint(OneLine.isDangerous(character) ? 0xFFFD : character);
            }
        });
        return escaped.toString();
    }

    @Override
    public String toString() {
        return html.toString();
    }
}
