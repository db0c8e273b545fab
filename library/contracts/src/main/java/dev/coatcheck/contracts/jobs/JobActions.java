package dev.coatcheck.contracts.jobs;

import dev.coatcheck.contracts.peers.PeerAction;
import dev.coatcheck.state.BackingServiceException;
import dev.coatcheck.state.jobs.ClaimedJob;
import dev.coatcheck.state.jobs.Jobs;
import dev.coatcheck.state.jobs.NewJob;
import dev.coatcheck.state.jobs.Worker;
import dev.coatcheck.state.jobs.WorkerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;

/** What the other JVMs of {@link SharedJobsContract} do. */
final class JobActions {
    private JobActions() {}

    /** Claims one job for so many milliseconds, waits for a word, and then tries all that only its holder may do. */
    public static final class ClaimAndHold implements PeerAction<Jobs> {
        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) throws Exception {
            var queues = Set.of(JobsUnderTest.QUEUE);
            var lease = Duration.ofMillis(Long.parseLong(arguments.get(0)));
            var claimed = jobs.claim(queues, 1, lease);
            while (claimed.isEmpty()) {
                jobs.awaitWork(queues, lease);
                claimed = jobs.claim(queues, 1, lease);
            }
            var job = claimed.get(0);
            conversation.say("claimed " + job.attempt());
            conversation.hear();
            var renewed = jobs.renew(claimed, lease);
            conversation.say("renewed %d, completed %s, %s"
                    .formatted(renewed.size(), jobs.complete(job), jobs.fail(job, "late")));
        }
    }

    /** Enqueues as many jobs as it is told, and says the id of each. */
    public static final class Enqueue implements PeerAction<Jobs> {
        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) {
            conversation.say("ready");
            while (true) {
                int count = Integer.parseInt(conversation.hear());
                for (int i = 0; i < count; i++) {
                    conversation.say(jobs.enqueue(NewJob.of(JobsUnderTest.QUEUE, "" + i))
                            .id()
                            .toString());
                }
            }
        }
    }

    /** Works on jobs that never end and are deaf to interrupts, until a signal ends the process. */
    public static final class WorkUntilTerminated implements PeerAction<Jobs> {
        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) {
            var settings = WorkerSettings.defaults().withLease(JobsUnderTest.LONG);
            var worker = Worker.start(
                    jobs,
                    Map.of(JobsUnderTest.QUEUE, execution -> {
                        conversation.say("begun");
                        while (true) {
                            LockSupport.park();
                        }
                    }),
                    settings);
            Runtime.getRuntime().addShutdownHook(new Thread(worker::close, "stop-worker"));
            conversation.hear();
        }
    }

    /** Works without end on one job, and says when it has begun and when it was interrupted. */
    public static final class HoldUntilInterrupted implements PeerAction<Jobs> {
        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) {
            var settings = WorkerSettings.defaults().withLease(JobsUnderTest.LONG);
            Worker.start(
                    jobs,
                    Map.of(JobsUnderTest.QUEUE, execution -> {
                        conversation.say("begun");
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            conversation.say("interrupted " + execution.shouldStop());
                        }
                    }),
                    settings);
            conversation.hear();
        }
    }

    /**
     * Works without end on one job, and says when it was interrupted; at each word then tries to complete it, and says what
     * came of that.
     */
    public static final class HoldAndComplete implements PeerAction<Jobs> {
        /** Longer than a busy machine lets a JVM stand still. */
        static final Duration LEASE = Duration.ofSeconds(6);

        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) throws Exception {
            var held = new CompletableFuture<ClaimedJob>();
            var settings = WorkerSettings.defaults().withLease(LEASE);
            Worker.start(
                    jobs,
                    Map.of(JobsUnderTest.QUEUE, execution -> {
                        conversation.say("begun " + execution.job().attempt());
                        try {
                            new CountDownLatch(1).await();
                        } finally {
                            conversation.say("interrupted");
                            held.complete(execution.job());
                        }
                    }),
                    settings);
            while (true) {
                conversation.hear();
                conversation.say(complete(jobs, held.get()));
            }
        }

        private static String complete(Jobs jobs, ClaimedJob job) {
            try {
                return "completed " + jobs.complete(job);
            } catch (BackingServiceException e) {
                return "cannot be told";
            }
        }
    }

    /** Works, and says the payload of each job before it is completed. */
    public static final class Work implements PeerAction<Jobs> {
        static final Duration LEASE = Duration.ofSeconds(1);

        @Override
        public void run(Jobs jobs, List<String> arguments, Conversation conversation) {
            var settings = WorkerSettings.defaults().withLease(LEASE);
            Worker.start(
                    jobs,
                    Map.of(
                            JobsUnderTest.QUEUE,
                            execution -> conversation.say(execution.job().payload())),
                    settings);
            conversation.hear();
        }
    }
}
