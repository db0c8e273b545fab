package dev.coatcheck.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class HeldWriterTest {
    private final StringWriter client = new StringWriter();
    private final CountingWriter container = new CountingWriter();
    private final HeldWriter held = new HeldWriter(container, new Open(), 4);

    /** Counts how often what was written has to be sent. */
    private final class CountingWriter extends PrintWriter {
        private int flushes;

        CountingWriter() {
            super(client);
        }

        @Override
        public void flush() {
            flushes++;
            super.flush();
        }
    }

    private static final class Open implements CommitGate {
        @Override
        public boolean open() {
            return true;
        }

        @Override
        public boolean isRefused() {
            return false;
        }
    }

    @Test
    void a_page_in_many_pieces_is_left_to_the_buffer_of_the_container() throws Exception {
        for (int i = 0; i < 100; i++) {
            held.write("piece ");
        }

        assertThat(client.toString()).isEqualTo("piece ".repeat(100));
        assertThat(container.flushes).isZero();

        held.flush();
        assertThat(container.flushes).isPositive();
    }
}
