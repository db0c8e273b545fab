package dev.coatcheck.formation.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Xnio;
import org.xnio.XnioExecutor;
import org.xnio.XnioWorker;

@Timeout(60)
final class EventLoopTest {

    private record Counting(AtomicInteger ticks, AtomicInteger aborts, boolean fails) implements EventLoop.Timed {
        Counting(boolean fails) {
            this(new AtomicInteger(), new AtomicInteger(), fails);
        }

        @Override
        public void tick(long now) {
            ticks.incrementAndGet();
            if (fails) {
                throw new IllegalStateException("as this test wants it");
            }
        }

        @Override
        public void abort() {
            aborts.incrementAndGet();
            if (fails) {
                throw new IllegalStateException("as this test wants it, too");
            }
        }
    }

    @Test
    void what_fails_to_keep_its_limits_is_ended_and_everything_else_goes_on() throws Exception {
        XnioWorker worker = Xnio.getInstance().createWorker(OptionMap.create(Options.WORKER_IO_THREADS, 1));
        try {
            EventLoop loop = new EventLoop(worker.getIoThread(0), new Rotation());
            Counting failing = new Counting(true);
            Counting other = new Counting(false);
            Counting another = new Counting(false);
            loop.execute(() -> {
                loop.begin(other);
                loop.begin(failing);
                loop.begin(another);
            });
            XnioExecutor.Key ticking = loop.startTicking();

            await().until(() -> other.ticks().get() >= 3 && another.ticks().get() >= 3);

            assertThat(failing.ticks()).hasValue(1);
            assertThat(failing.aborts()).hasValue(1);
            assertThat(other.aborts()).hasValue(0);
            ticking.remove();
        } finally {
            worker.shutdownNow();
        }
    }
}
