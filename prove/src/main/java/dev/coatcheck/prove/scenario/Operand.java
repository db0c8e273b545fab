package dev.coatcheck.prove.scenario;

import java.math.BigDecimal;

/** What a predicate compares with. */
public sealed interface Operand {

    /** A text in quotes, perhaps with variables in it. */
    record Text(Template text) implements Operand {
        @Override
        public String toString() {
            return Quoted.of(text.toString());
        }
    }

    record Decimal(BigDecimal value) implements Operand {
        @Override
        public String toString() {
            return value.toPlainString();
        }
    }

    record Bool(boolean value) implements Operand {
        @Override
        public String toString() {
            return Boolean.toString(value);
        }
    }

    record Null() implements Operand {
        @Override
        public String toString() {
            return "null";
        }
    }

    /** A variable without quotes: compared with the text of the value, be it a number. */
    record Variable(String name) implements Operand {
        @Override
        public String toString() {
            return "{{" + name + "}}";
        }
    }
}
