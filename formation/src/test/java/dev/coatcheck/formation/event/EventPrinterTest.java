package dev.coatcheck.formation.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.coatcheck.formation.event.Event.Kind;
import dev.coatcheck.formation.event.Event.Level;
import dev.coatcheck.formation.event.Event.Stream;
import dev.coatcheck.formation.router.Access;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventPrinterTest {
    private static final EventFormat WORDS = event -> switch (event) {
        case Event.Lifecycle lifecycle -> lifecycle.message() + "\n";
        case Event.Output output -> output.line() + "\n";
        case Event.Request request -> request + "\n";
        case Event.Banner banner -> banner.text() + "\n";
    };

    @Test
    void what_was_told_before_the_end_is_written_in_order() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (EventPrinter printer = new EventPrinter(out, WORDS, broken -> {})) {
            printer.accept(output("a"));
            printer.accept(lifecycle("b"));
            printer.accept(output("c"));
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("a\nb\nc\n");
    }

    @Test
    void a_reader_that_stands_still_holds_nobody_up_and_costs_output_but_no_lifecycle_event() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStream slow = new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                try {
                    reads.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
                out.write(bytes, offset, length);
            }
        };
        try (EventPrinter printer = new EventPrinter(slow, WORDS, broken -> {})) {
            for (int i = 0; i < 20_000; i++) {
                printer.accept(output("a line of some length, so that the buffer of the stream fills"));
            }
            for (int i = 0; i < 100; i++) {
                printer.accept(lifecycle("change " + i));
            }
            reads.countDown();
            await().until(() -> out.toString(StandardCharsets.UTF_8).contains("lines were dropped"));
        }
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(lines.stream().filter(line -> line.startsWith("change"))).hasSize(100);
        long written = lines.stream().filter(line -> line.startsWith("a line")).count();
        assertThat(written).isLessThan(20_000);
        assertThat(lines)
                .contains((20_000 - written)
                        + " lines were dropped, because they came faster than they could be written");
    }

    @Test
    void long_paths_count_while_the_reader_stands_still() throws Exception {
        CountDownLatch reads = new CountDownLatch(1);
        AtomicLong characters = new AtomicLong();
        EventFormat standingStill = event -> {
            try {
                reads.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            characters.addAndGet(event.foreignCharacters());
            return "";
        };
        try (EventPrinter printer = new EventPrinter(OutputStream.nullOutputStream(), standingStill, broken -> {})) {
            Event request = request("/" + "a".repeat(30_000));
            for (int i = 0; i < 2_000; i++) {
                printer.accept(request);
            }
            reads.countDown();
            printer.end().get(10, TimeUnit.SECONDS);
        }
        assertThat(characters.get()).isBetween(10_000_000L, 17_000_000L);
    }

    @Test
    void a_log_keeps_fewer_requests_with_long_paths() {
        EventLog log = new EventLog();
        for (int i = 0; i < 2_000; i++) {
            log.accept(request("/" + "a".repeat(30_000)));
        }
        List<Event> kept = new ArrayList<>();
        log.follow(2_000, event -> true, kept::add).close();
        assertThat(kept).hasSizeBetween(100, 134);
    }

    @Test
    void a_stream_that_is_closed_is_told_once_and_then_left_alone() throws Exception {
        AtomicInteger told = new AtomicInteger();
        PipedInputStream in = new PipedInputStream();
        try (EventPrinter printer =
                new EventPrinter(new PipedOutputStream(in), WORDS, broken -> told.incrementAndGet())) {
            printer.accept(output("a"));
            assertThat(in.read()).isEqualTo('a');
            in.close();
            await().until(() -> {
                printer.accept(output("b"));
                return told.get() > 0;
            });
            for (int i = 0; i < 50_000; i++) {
                printer.accept(lifecycle("c"));
            }
        }
        assertThat(told).hasValue(1);
    }

    @Test
    void a_disk_that_is_full_costs_the_output_and_is_told_with_its_reason() throws Exception {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full), "this system has no " + full);
        Queue<String> told = new ConcurrentLinkedQueue<>();
        try (OutputStream out = Files.newOutputStream(full);
                EventPrinter printer = new EventPrinter(out, WORDS, broken -> told.add(broken.getMessage()))) {
            printer.accept(lifecycle("a"));
            await().until(() -> !told.isEmpty());
            printer.accept(lifecycle("b"));
            printer.end().get(5, TimeUnit.SECONDS);
        }
        assertThat(told).containsExactly("No space left on device");
    }

    private static Event request(String path) {
        return new Event.Request(new Access(
                Instant.EPOCH,
                "GET",
                path,
                200,
                Duration.ZERO,
                Optional.of("web.1"),
                "id",
                0,
                0,
                1,
                "127.0.0.1",
                "HTTP/1.1",
                true));
    }

    private static Event output(String line) {
        return new Event.Output(Instant.EPOCH, "web.1", Stream.STDOUT, line);
    }

    private static Event lifecycle(String message) {
        return new Event.Lifecycle(Instant.EPOCH, Kind.NOTE, Optional.empty(), Level.INFO, message, Map.of());
    }
}
