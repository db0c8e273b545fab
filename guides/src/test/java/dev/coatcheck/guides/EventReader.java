package dev.coatcheck.guides;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Keeps the lines of a response that goes on. */
final class EventReader implements AutoCloseable {
    private final Stream<String> lines;
    private final List<String> read = new CopyOnWriteArrayList<>();

    EventReader(Stream<String> lines) {
        this.lines = lines;
        Thread.ofVirtual().name("event-reader").start(this::readAll);
    }

    private void readAll() {
        try {
            lines.forEach(read::add);
        } catch (UncheckedIOException e) {
            // It was closed.
        }
    }

    boolean has(String text) {
        return read.stream().anyMatch(line -> line.contains(text));
    }

    @Override
    public void close() {
        lines.close();
    }
}
