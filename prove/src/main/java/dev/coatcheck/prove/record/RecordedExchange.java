package dev.coatcheck.prove.record;

import dev.coatcheck.prove.har.HarReader;
import dev.coatcheck.prove.play.WebSocketFrames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A request that goes through, with its response as far as it has come. It is kept from its beginning, and each byte before
 * it goes on: who has the last byte of an answer finds the whole of it recorded. Thread-safe.
 */
final class RecordedExchange {
    /** Of a WebSocket. */
    private static final int MOST_MESSAGES = 10_000;

    private final String origin;
    private final Head request;
    private final Instant at = InstantSource.system().instant();
    private final long start = System.nanoTime();
    private final Kept sent;
    private final AtomicLong answers;
    private volatile Duration took = Duration.ZERO;
    private volatile Optional<Answer> answer = Optional.empty();
    private volatile Optional<String> broken = Optional.empty();
    private final List<Message> messages = new ArrayList<>();
    private boolean missesMessages;

    /**
     * A message on a WebSocket.
     *
     * @param sent whether the client sent it
     * @param data its text; bytes in base64
     */
    record Message(boolean sent, Instant at, int opcode, String data) {}

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

    /** Keeps a message of the WebSocket that the exchange opened, as far as there is room. */
    synchronized void message(boolean isSent, int opcode, byte[] content) {
        if (messages.size() == MOST_MESSAGES) {
            missesMessages = true;
            return;
        }
        if (answers.addAndGet(-content.length) < 0) {
            // A smaller one may find room.
            answers.addAndGet(content.length);
            missesMessages = true;
            return;
        }
        String data = opcode == WebSocketFrames.TEXT
                ? new String(content, StandardCharsets.UTF_8)
                : Base64.getEncoder().encodeToString(content);
        messages.add(new Message(isSent, InstantSource.system().instant(), opcode, data));
    }

    /** Not all that is said on the WebSocket can be kept. */
    synchronized void missesMessages() {
        missesMessages = true;
    }

    synchronized List<Message> messages() {
        return List.copyOf(messages);
    }

    private synchronized boolean isMissingMessages() {
        return missesMessages;
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
        return isMissingMessages()
                || sent.isCut()
                || answer.filter(found -> found.body().isCut()).isPresent();
    }
}
