package dev.coatcheck.prove.scenario.hurl;

import dev.coatcheck.prove.scenario.Assertion;
import dev.coatcheck.prove.scenario.Capture;
import dev.coatcheck.prove.scenario.Cursor;
import dev.coatcheck.prove.scenario.Expectation;
import dev.coatcheck.prove.scenario.Field;
import dev.coatcheck.prove.scenario.Operand;
import dev.coatcheck.prove.scenario.Place;
import dev.coatcheck.prove.scenario.Predicate;
import dev.coatcheck.prove.scenario.Query;
import dev.coatcheck.prove.scenario.Selection;
import dev.coatcheck.prove.scenario.Variables;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The response of an entry: what it has to be, and what is taken from it. */
final class HurlResponse {
    private static final Pattern VERSION = Pattern.compile("HTTP(/[0-9.]+)?");
    private static final Pattern STATUS = Pattern.compile("[1-5][0-9]{2}|\\*");
    private static final Pattern SECTION_NAME = Pattern.compile("\\[[A-Za-z]+]");

    private final HurlText lines;
    private final Cursor cursor;
    private final Variables variables;
    private final HurlAssert asserts;

    HurlResponse(HurlText lines, Variables variables) {
        this.lines = lines;
        this.cursor = lines.cursor();
        this.variables = variables;
        this.asserts = new HurlAssert(lines);
    }

    record Read(Expectation expectation, List<Capture> captures) {}

    Read read() {
        Expectation.Status status = status();
        List<Assertion> assertions = new ArrayList<>();
        while (lines.atPlainLine()) {
            Place place = cursor.place();
            Field header = lines.field("a header");
            assertions.add(new Assertion(
                    Selection.of(new Query.Header(header.name())),
                    false,
                    new Predicate.Equal(new Operand.Text(header.value())),
                    place));
        }
        List<Capture> captures = new ArrayList<>();
        while (lines.atSection()) {
            int start = cursor.offset();
            String name = cursor.take(SECTION_NAME);
            lines.endOfLine();
            switch (name) {
                case "[Captures]" -> captures(captures);
                case "[Asserts]" -> {
                    while (lines.atPlainLine()) {
                        assertions.add(asserts.read());
                        lines.endOfLine();
                    }
                }
                default ->
                    throw cursor.errorAt(
                            start,
                            "there is no section " + name + " of a response; known are [Captures] and [Asserts]");
            }
        }
        if (lines.atBody()) {
            throw cursor.error("a body to compare with is not taken here; write it as an assert, as in"
                    + " jsonpath \"$.email\" == \"a@b.c\" or body contains \"Welcome\"");
        }
        return new Read(new Expectation(status, assertions), captures);
    }

    private Expectation.Status status() {
        int start = cursor.offset();
        String version = cursor.take(VERSION);
        if (!version.equals("HTTP") && !version.startsWith("HTTP/1")) {
            throw cursor.errorAt(
                    start, "requests are sent by HTTP/1.1; expected 'HTTP 200', 'HTTP/1.1 200' or 'HTTP *'");
        }
        cursor.skipBlanks();
        String status = cursor.take(STATUS);
        if (status.isEmpty()) {
            throw cursor.error("expected a status from 100 to 599, or * for any, as in 'HTTP 200'");
        }
        lines.endOfLine();
        return status.equals("*") ? new Expectation.Any() : new Expectation.Exactly(Integer.parseInt(status));
    }

    private void captures(List<Capture> into) {
        while (lines.atPlainLine()) {
            int start = cursor.offset();
            String name = lines.key("a capture");
            if (!Variables.NAME.matcher(name).matches()) {
                throw cursor.errorAt(
                        start,
                        "'" + name + "' is no name for a variable: letters, digits, '-' and '_', a letter first");
            }
            if (Variables.isBuiltIn(name)) {
                throw cursor.errorAt(start, "the name '" + name + "' is taken; choose another");
            }
            into.add(new Capture(name, asserts.selection()));
            lines.endOfLine();
            variables.capture(name);
        }
    }
}
