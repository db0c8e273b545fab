package dev.coatcheck.process.config;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A secret's text in a document that may change. Where a change leaves it without, what it had stays. */
final class Followed implements Secret.Text {
    private static final Logger log = LoggerFactory.getLogger(Followed.class);

    private final String variable;
    private final Document document;
    private final Field field;
    private volatile Seen seen;

    private record Seen(String document, String text) {}

    /** @throws SecretException where the document cannot be read, or the field is not in it */
    Followed(String variable, Document document, Field field) throws SecretException {
        this.variable = variable;
        this.document = document;
        this.field = field;
        var first = document.first();
        this.seen = new Seen(first, field.of(first));
    }

    @Override
    public String last() {
        return seen.text();
    }

    @Override
    public String within(Duration age) {
        var now = document.within(age);
        var before = seen;
        if (!now.equals(before.document())) {
            seen = new Seen(now, changed(now, before.text()));
        }
        return seen.text();
    }

    private String changed(String now, String before) {
        try {
            var text = field.of(now);
            if (!text.equals(before)) {
                log.info("The secret of {} has changed", variable);
            }
            return text;
        } catch (SecretException wrong) {
            log.warn("{} keeps the secret that it had: what it refers to now {}", variable, wrong.getMessage());
            return before;
        }
    }
}
