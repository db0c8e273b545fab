package dev.coatcheck.prove.report;

import dev.coatcheck.prove.check.Check;
import java.io.StringWriter;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;

/** {@code junit.xml}, as CI systems read it: a test case for each check, whose failure tells the leaks that it found. */
final class JUnitFace {
    private final Report report;
    private final LeakWords words;
    private final XMLStreamWriter xml;

    private JUnitFace(Report report, XMLStreamWriter xml) {
        this.report = report;
        this.words = new LeakWords(report);
        this.xml = xml;
    }

    static String text(Report report) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(text);
            new JUnitFace(report, xml).document();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("the result could not be written as XML", e);
        }
        return text.append('\n').toString();
    }

    private void document() throws XMLStreamException {
        String suite = "coatcheck prove " + report.subject().application();
        xml.writeStartDocument("UTF-8", "1.0");
        start(0, "testsuites");
        attribute("name", suite);
        counts();
        start(1, "testsuite");
        attribute("name", suite);
        counts();
        attribute(
                "skipped",
                String.valueOf(number(CheckResult.Outcome.SKIPPED) + number(CheckResult.Outcome.FAILED) - failures()));
        attribute(
                "timestamp",
                DateTimeFormatter.ISO_LOCAL_DATE_TIME.format(
                        report.subject().at().truncatedTo(ChronoUnit.SECONDS).atOffset(ZoneOffset.UTC)));
        for (CheckResult check : report.checks()) {
            testCase(check);
        }
        if (needsCaseOfItsOwn()) {
            start(2, "testcase");
            attribute("classname", className());
            attribute("name", "verdict");
            outcome(
                    "error",
                    report.reason().orElse(""),
                    "inconclusive",
                    report.reason().orElse(""));
            end(2);
        }
        end(1);
        end(0);
        xml.writeEndDocument();
    }

    private void counts() throws XMLStreamException {
        attribute("tests", String.valueOf(report.checks().size() + (needsCaseOfItsOwn() ? 1 : 0)));
        attribute("failures", String.valueOf(failures()));
        attribute("errors", String.valueOf(number(CheckResult.Outcome.INCONCLUSIVE) + (needsCaseOfItsOwn() ? 1 : 0)));
        attribute("time", seconds(report.subject().took()));
    }

    /** Whether nothing else in the file would tell that the proof came to nothing. */
    private boolean needsCaseOfItsOwn() {
        return report.verdict() == Verdict.INCONCLUSIVE && number(CheckResult.Outcome.INCONCLUSIVE) == 0;
    }

    private long failures() {
        return report.checks().stream()
                .filter(check -> check.outcome() == CheckResult.Outcome.FAILED && !isAccepted(check))
                .count();
    }

    private long number(CheckResult.Outcome outcome) {
        return report.checks().stream()
                .filter(check -> check.outcome() == outcome)
                .count();
    }

    private void testCase(CheckResult check) throws XMLStreamException {
        start(2, "testcase");
        attribute("classname", className());
        attribute("name", check.name());
        attribute("time", seconds(report.timeSpent().getOrDefault(check.name(), Duration.ZERO)));
        switch (check.outcome()) {
            case PASSED -> {
                if (isFactors(check) && !report.advice().isEmpty()) {
                    start(3, "system-out");
                    xml.writeCharacters(clean(advice()));
                    xml.writeEndElement();
                }
            }
            case SKIPPED -> skipped(check.why());
            case INCONCLUSIVE ->
                outcome("error", check.why(), "inconclusive", report.reason().orElse(check.why()));
            case FAILED -> {
                if (isAccepted(check)) {
                    skipped(check.why() + "; the baseline accepts it");
                } else {
                    failure(check);
                }
            }
        }
        end(2);
    }

    /** A check that only found what is accepted fails no build, and has not passed. */
    private boolean isAccepted(CheckResult check) {
        return check.isAboutState()
                && report.open().isEmpty()
                && !report.accepted().isEmpty();
    }

    private static boolean isFactors(CheckResult check) {
        return check.name().equals(Check.FACTORS.label());
    }

    private String advice() {
        return report.advice().stream().map(Summary::advised).collect(Collectors.joining("\n"));
    }

    private void skipped(String why) throws XMLStreamException {
        start(3, "skipped");
        attribute("message", why);
        xml.writeEndElement();
    }

    /** One element, whatever the number of leaks: GitLab and Jenkins read no more than one. */
    private void failure(CheckResult check) throws XMLStreamException {
        List<FoundLeak> leaks = report.open().stream()
                .filter(leak -> leak.check().equals(check.name()))
                .toList();
        if (leaks.isEmpty()) {
            outcome(
                    "failure",
                    check.why(),
                    "failed",
                    isFactors(check)
                            ? advice()
                            : check.why()
                                    + check.remedy()
                                            .map(remedy -> "\n\nWhat to do: " + remedy)
                                            .orElse(""));
            return;
        }
        outcome(
                "failure",
                leaks.stream().map(words::title).collect(Collectors.joining("; ")),
                leaks.getFirst().cause().word(),
                leaks.stream().map(this::paragraphs).collect(Collectors.joining("\n\n\n")));
    }

    private String paragraphs(FoundLeak leak) {
        return words.title(leak) + "\n\n" + words.whole(leak);
    }

    private void outcome(String element, String message, String type, String text) throws XMLStreamException {
        start(3, element);
        attribute("message", message);
        attribute("type", type);
        xml.writeCharacters(clean(text));
        xml.writeEndElement();
    }

    private String className() {
        return "coatcheck." + report.subject().application();
    }

    private void start(int depth, String element) throws XMLStreamException {
        newLine(depth);
        xml.writeStartElement(element);
    }

    private void end(int depth) throws XMLStreamException {
        newLine(depth);
        xml.writeEndElement();
    }

    private void newLine(int depth) throws XMLStreamException {
        xml.writeCharacters("\n" + "  ".repeat(depth));
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.writeAttribute(name, clean(value));
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.3f", time.toMillis() / 1000.0);
    }

    /** Without what XML has no way to write, and without what could deceive the eye. */
    private static String clean(String text) {
        return text.lines().map(OneLine::of).collect(Collectors.joining("\n"));
    }
}
