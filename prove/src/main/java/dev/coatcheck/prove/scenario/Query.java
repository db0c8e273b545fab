package dev.coatcheck.prove.scenario;

import com.google.re2j.Pattern;

/** A part of a response. Its text is how a scenario writes it. */
public sealed interface Query {

    /** The status, a number. */
    record Status() implements Query {
        @Override
        public String toString() {
            return "status";
        }
    }

    /** The value of a header; all of them, where it comes several times. */
    record Header(String name) implements Query {
        @Override
        public String toString() {
            return "header " + Quoted.of(name);
        }
    }

    /** The value of a cookie that this response sets. */
    record Cookie(String name) implements Query {
        @Override
        public String toString() {
            return "cookie " + Quoted.of(name);
        }
    }

    /** The whole body as text. */
    record Body() implements Query {
        @Override
        public String toString() {
            return "body";
        }
    }

    /** A value inside a body that is JSON. */
    record Json(JsonPath path) implements Query {
        @Override
        public String toString() {
            return "jsonpath " + Quoted.of(path.toString());
        }
    }

    /** The first group of the first match in the body. In linear time, whatever the expression. */
    record Regex(Pattern pattern) implements Query {
        @Override
        public String toString() {
            return "regex " + Quoted.of(pattern.pattern());
        }
    }

    /** The value of the first form field of that name in a body that is HTML. */
    record HtmlField(String name) implements Query {
        @Override
        public String toString() {
            return "form field " + Quoted.of(name);
        }
    }

    /** The content of the first {@code <meta>} of that name in a body that is HTML. */
    record HtmlMeta(String name) implements Query {
        @Override
        public String toString() {
            return "meta " + Quoted.of(name);
        }
    }

    /** The text of one line of the body that stands between two others. */
    record Between(String left, String right) implements Query {
        @Override
        public String toString() {
            return "body between " + Quoted.of(left) + " and " + Quoted.of(right);
        }
    }
}
