package dev.coatcheck.prove.record;

import dev.coatcheck.prove.har.HarReader;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request that goes through, with its response as far as it has come. It is kept from its beginning, and each byte before
 * it goes on: who has the last byte of an answer finds the whole of it recorded. Thread-safe.
 */
final class RecordedExchange {
    private final String origin;
    private final Head request;
    private final Instant at = InstantSource.system().instant();
    private final long start = System.nanoTime();
    private final Kept sent;
    private final AtomicLong answers;
    private volatile Duration took = Duration.ZERO;
    private volatile Optional<Answer> answer = Optional.empty();
    private volatile Optional<String> broken = Optional.empty();

    /** What came back: the head, and what there is of the body. */
    record Answer(Head head, Kept body) {
        int status() {
            return Integer.parseInt(head.word(1));
        }
    }

    /**
     * @param requests how many bytes the bodies of requests may still have
     * @param answers how many bytes the bodies of answers may still have
     */
    RecordedExchange(String origin, Head request, AtomicLong requests, AtomicLong answers) {
        this.origin = origin;
        this.request = request;
        this.sent = new Kept(requests);
        this.answers = answers;
    }

    /** Begins the answer, and says where its body is to be kept. */
    Kept answered(Head head) {
        String type = head.header("Content-Type").orElse("");
        Kept body = HarReader.readsBodiesOf(type) ? new Kept(answers) : Kept.lengthAlone();
        took = Duration.ofNanos(System.nanoTime() - start);
        answer = Optional.of(new Answer(head, body));
        return body;
    }

    void ended() {
        took = Duration.ofNanos(System.nanoTime() - start);
    }

    void brokeOff(String reason) {
        ended();
        broken = Optional.of(reason);
    }

    String method() {
        return request.word(0);
    }

    /** Where the request went; a client that takes this for a proxy sends a URL already. */
    String url() {
        String target = request.word(1);
        return target.startsWith("/") ? origin + target : target;
    }

    Instant at() {
        return at;
    }

    Duration took() {
        return took;
    }

    Head request() {
        return request;
    }

    Kept sent() {
        return sent;
    }

    /** Empty as long as none has come. */
    Optional<Answer> answer() {
        return answer;
    }

    /** Why it did not come to its end; empty where it did, or still may. */
    Optional<String> broken() {
        return broken;
    }

    boolean isCut() {
        return sent.isCut() || answer.filter(found -> found.body().isCut()).isPresent();
    }
}
