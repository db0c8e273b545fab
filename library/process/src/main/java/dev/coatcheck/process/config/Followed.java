package dev.coatcheck.process.config;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A secret's text in a document that may change. Where a change leaves it without, what it had stays. */
final class Followed implements Secret.Text {
    private static final Logger log = LoggerFactory.getLogger(Followed.class);

    private final String variable;
    private final Document document;
    private final Field field;

    /** For what replaces the two below; what is read is read before. */
    private final ReentrantLock lock = new ReentrantLock();

    private Snapshot seen;
    private volatile String text;

    /** @throws SecretException where the document cannot be read, or the field is not in it */
    Followed(String variable, Document document, Field field) throws SecretException {
        this.variable = variable;
        this.document = document;
        this.field = field;
        this.seen = document.first();
        this.text = field.of(seen.text());
    }

    @Override
    public String last() {
        return text;
    }

    @Override
    public String within(Duration age) {
        var now = document.within(age);
        lock.lock();
        try {
            // Whoever comes late with what was read earlier gets the later one too.
            if (now.number() > seen.number()) {
                if (!now.text().equals(seen.text())) {
                    text = changed(now.text(), text);
                }
                seen = now;
            }
            return text;
        } finally {
            lock.unlock();
        }
    }

    private String changed(String now, String before) {
        try {
            var after = field.of(now);
            if (!after.equals(before)) {
                log.info("The secret of {} has changed", variable);
            }
            return after;
        } catch (SecretException wrong) {
            log.warn("{} keeps the secret that it had: what it refers to now {}", variable, wrong.getMessage());
            return before;
        }
    }
}
