package dev.coatcheck.prove.scenario;

import com.google.re2j.Pattern;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import org.jsoup.nodes.Entities;
import org.jsoup.parser.Parser;

/** What is made of a value. Its text is how a scenario writes it. */
public sealed interface Filter {

    /** How many elements a list has. */
    record Count() implements Filter {
        @Override
        public String toString() {
            return "count";
        }
    }

    /** The element of a list at an index; a negative one counts from the end. */
    record Nth(int index) implements Filter {
        @Override
        public String toString() {
            return "nth " + index;
        }
    }

    /** The first group of the first match. */
    record Regex(Pattern pattern) implements Filter {
        @Override
        public String toString() {
            return "regex " + Quoted.of(pattern.pattern());
        }
    }

    /** A text as another encoding writes it, or as it was before it. */
    enum Coding implements Filter {
        URL_ENCODE("urlEncode"),
        URL_DECODE("urlDecode"),
        BASE64_ENCODE("base64Encode"),
        BASE64_DECODE("base64Decode"),
        HTML_ESCAPE("htmlEscape"),
        HTML_UNESCAPE("htmlUnescape");

        private final String written;

        Coding(String written) {
            this.written = written;
        }

        /** The text in the other coding; empty where it is not what is to be decoded. */
        public Optional<String> of(String text) {
            try {
                return Optional.of(
                        switch (this) {
                            case URL_ENCODE -> URLEncoder.encode(text, StandardCharsets.UTF_8);
                            case URL_DECODE -> URLDecoder.decode(text, StandardCharsets.UTF_8);
                            case BASE64_ENCODE ->
                                Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
                            case BASE64_DECODE -> new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
                            case HTML_ESCAPE -> Entities.escape(text);
                            case HTML_UNESCAPE -> Parser.unescapeEntities(text, false);
                        });
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }

        @Override
        public String toString() {
            return written;
        }
    }

    /** A text that is a number, as that number. */
    record ToInt() implements Filter {
        @Override
        public String toString() {
            return "toInt";
        }
    }

    /** A segment of the path of a URL, counted from 0. */
    record PathSegment(int index) implements Filter {
        @Override
        public String toString() {
            return "path segment " + index;
        }
    }

    /** The decoded value of a parameter in the query of a URL. */
    record QueryParameter(String name) implements Filter {
        @Override
        public String toString() {
            return "query parameter " + Quoted.of(name);
        }
    }
}
