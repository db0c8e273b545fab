package dev.coatcheck.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.coatcheck.contracts.peers.Peer;
import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Cron;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Schedule;
import dev.coatcheck.state.jobs.Scheduler;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several processes with one schedule that are killed and started again, and whose clocks are set. */
class ScheduleFaultTest {
    private static final String QUEUE = "reports";
    private static final int PROCESSES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How long a second job of one time has to come, which must not. */
    private static final Duration QUIET = Duration.ofSeconds(4);

    /** How long before a minute the clocks are set. */
    private static final Duration LEAD = Duration.ofSeconds(2);

    @RegisterExtension
    final Databases databases = new Databases();

    private final PostgresJobs jobs = databases.empty().jobs();
    private final List<Peer> peers = new ArrayList<>();

    @AfterEach
    void close() {
        peers.forEach(Peer::close);
    }

    @Test
    void a_schedule_fires_once_for_each_time_whatever_is_killed_and_whichever_clock_is_set() {
        startAll();
        var minute = Instant.now().minus(1, ChronoUnit.DAYS).truncatedTo(ChronoUnit.MINUTES);

        setClocks(minute.minus(LEAD));
        assertFired(minute);

        // The same minute once more, as for a clock that was set back, with another process in the place of one.
        restart(0);
        setClocks(minute.minus(LEAD));
        assertFiredNothing();

        // All are killed, and three minutes go by: the last of them is made up for.
        for (int i = 0; i < PROCESSES; i++) {
            restart(i);
        }
        setClocks(minute.plus(3, ChronoUnit.MINUTES).plusSeconds(10));
        assertFired(minute.plus(3, ChronoUnit.MINUTES));

        setClocks(minute.minus(1, ChronoUnit.HOURS).minus(LEAD));
        assertFiredNothing();
    }

    @Test
    void no_process_whose_clock_is_ahead_fires_before_its_time_or_once_more() {
        startAll();
        var begun = Instant.now();
        jobs.lastFired("report", begun.minus(2, ChronoUnit.HOURS));
        // An hour ahead, an hour behind, and as it is.
        setClock(0, begun.plus(1, ChronoUnit.HOURS));
        setClock(1, begun.minus(1, ChronoUnit.HOURS));
        setClock(2, begun);

        var fired = new ArrayList<Instant>();
        await().atMost(PATIENCE).until(() -> {
            take().forEach(job -> fired.add(Instant.parse(job.payload())));
            return !fired.isEmpty() && !fired.getLast().isBefore(begun.truncatedTo(ChronoUnit.MINUTES));
        });
        await().during(QUIET).atMost(PATIENCE).until(() -> {
            take().forEach(job -> fired.add(Instant.parse(job.payload())));
            return true;
        });

        assertThat(fired).doesNotHaveDuplicates().isSorted().allMatch(at -> !at.isAfter(Instant.now()));
    }

    private void startAll() {
        for (int i = 0; i < PROCESSES; i++) {
            peers.add(start());
        }
    }

    private void restart(int index) {
        peers.get(index).kill();
        peers.set(index, start());
    }

    private Peer start() {
        return Peer.start(Factories.OfJobs.class, databases.url(), Scheduling.class);
    }

    private void setClocks(Instant now) {
        for (int i = 0; i < PROCESSES; i++) {
            setClock(i, now);
        }
    }

    private void setClock(int index, Instant now) {
        peers.get(index).say(now.toString());
        assertThat(peers.get(index).hear()).isEqualTo("started");
    }

    private void assertFired(Instant at) {
        var fired = await().atMost(PATIENCE).until(this::take, claimed -> !claimed.isEmpty());
        assertThat(fired).extracting(ClaimedJob::payload).containsExactly(at.toString());
        assertFiredNothing();
    }

    private void assertFiredNothing() {
        await().during(QUIET).atMost(PATIENCE).until(() -> take().isEmpty());
    }

    private List<ClaimedJob> take() {
        var claimed = jobs.claim(Set.of(QUEUE), 10, Duration.ofMinutes(5));
        jobs.completeAll(claimed);
        return claimed;
    }

    /** Fires each minute; whenever it is told a time, its clock is set to that, and its scheduler begins anew. */
    public static final class Scheduling implements PeerAction<Jobs> {
        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) {
            var schedule = Schedule.of(
                    "report", Cron.parse("* * * * *", ZoneOffset.UTC), at -> NewJob.of(QUEUE, at.toString()));
            var clock = clockFrom(conversation.hear());
            while (true) {
                var scheduler = Scheduler.start(jobs, List.of(schedule), clock::now);
                conversation.say("started");
                clock = clockFrom(conversation.hear());
                scheduler.close();
            }
        }

        private static Clock clockFrom(String now) {
            return new Clock(Duration.between(Instant.now(), Instant.parse(now)));
        }

        private record Clock(Duration ahead) {
            Instant now() {
                return Instant.now().plus(ahead);
            }
        }
    }
}
