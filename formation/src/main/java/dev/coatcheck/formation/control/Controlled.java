package dev.coatcheck.formation.control;

import dev.coatcheck.formation.event.EventLog;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A formation as its control socket sees it. Each method fails with a {@code FormationException} whose message is shown. */
public interface Controlled {
    List<InstanceView> instances();

    List<ServiceView> services();

    List<ReleaseView> releases();

    /** What its router counts, in the text format of Prometheus. */
    String metrics();

    /** What happens in it. */
    EventLog log();

    /**
     * Makes a change, and waits until it is made.
     *
     * @param unwanted completes when nobody wants it any more; then what was done of it is undone
     * @return what was done, in words
     */
    String change(Request.Change change, CompletableFuture<Void> unwanted);

    /** What a one-off process is to be started with. */
    OneOff oneOff(String words);

    /** Counts as running until it is closed. */
    interface OneOff extends AutoCloseable {
        String name();

        Path folder();

        Map<String, String> environment();

        @Override
        void close();
    }
}
