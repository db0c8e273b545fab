package dev.coatcheck.prove.scenario;

import com.google.re2j.Pattern;
import java.math.BigDecimal;

/** What is said of a value. Its text is how a scenario writes it. */
public sealed interface Predicate {

    /** Written {@code ==}; {@code !=} is its negation. */
    record Equal(Operand operand) implements Predicate {
        @Override
        public String toString() {
            return "== " + operand;
        }
    }

    /** The value is a number and stands in this relation to another one. */
    record Compared(Relation relation, Operand operand) implements Predicate {
        @Override
        public String toString() {
            return relation + " " + operand;
        }
    }

    /** A text has the operand as a part, or a list has it as an element. */
    record Contains(Operand operand) implements Predicate {
        @Override
        public String toString() {
            return "contains " + operand;
        }
    }

    record StartsWith(Operand operand) implements Predicate {
        @Override
        public String toString() {
            return "startsWith " + operand;
        }
    }

    record EndsWith(Operand operand) implements Predicate {
        @Override
        public String toString() {
            return "endsWith " + operand;
        }
    }

    /** The expression is found somewhere in the text. */
    record Matches(Pattern pattern) implements Predicate {
        @Override
        public String toString() {
            return "matches " + Quoted.of(pattern.pattern());
        }
    }

    /** There is such a value, be it null. */
    record Exists() implements Predicate {
        @Override
        public String toString() {
            return "exists";
        }
    }

    /** A text, a list or an object with nothing in it. */
    record IsEmpty() implements Predicate {
        @Override
        public String toString() {
            return "isEmpty";
        }
    }

    /** The value is of a type. */
    enum IsType implements Predicate {
        IS_STRING("isString"),
        IS_NUMBER("isNumber"),
        IS_INTEGER("isInteger"),
        IS_BOOLEAN("isBoolean"),
        IS_LIST("isList");

        private final String written;

        IsType(String written) {
            this.written = written;
        }

        @Override
        public String toString() {
            return written;
        }
    }

    /** How two numbers stand to each other. */
    enum Relation {
        LESS("<"),
        LESS_OR_EQUAL("<="),
        GREATER(">"),
        GREATER_OR_EQUAL(">=");

        private final String written;

        Relation(String written) {
            this.written = written;
        }

        /** Whether it holds for two numbers that {@link BigDecimal#compareTo} compared to this. */
        public boolean holds(int comparison) {
            return switch (this) {
                case LESS -> comparison < 0;
                case LESS_OR_EQUAL -> comparison <= 0;
                case GREATER -> comparison > 0;
                case GREATER_OR_EQUAL -> comparison >= 0;
            };
        }

        @Override
        public String toString() {
            return written;
        }
    }
}
