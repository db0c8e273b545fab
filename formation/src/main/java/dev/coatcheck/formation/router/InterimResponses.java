package dev.coatcheck.formation.router;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Takes the interim responses (RFC 9110, section 15.2) out of what an instance sends, so that Undertow's client, which
 * takes each but 100 for the final one, sees only that. {@code 100 Continue} is told of; the others, such as
 * {@code 103 Early Hints}, are dropped: Undertow's server can send its clients no other than 100. {@code 101} is a final
 * response.
 *
 * <p>Looks at the bytes where they are read to, and steps aside once the final response has begun: that costs a look at
 * twelve bytes for each response. Runs on the thread of its connection.
 */
final class InterimResponses extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final int MOST = 100;
    private static final int MOST_BYTES = 64 << 10;
    private static final byte[] BEGIN = "HTTP/1.".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_ENDS = "HTTP/1.1 200".length();

    /** The instance sends interim responses, and no final one. */
    static final class TooMany extends IOException {
        private static final long serialVersionUID = 1;

        TooMany() {
            super("More than " + MOST + " interim responses, or than " + MOST_BYTES + " bytes of them");
        }
    }

    private enum Expect {
        STATUS,
        END_OF_HEAD,
        NOTHING
    }

    private Expect expect = Expect.NOTHING;
    private Runnable continued = () -> {};
    private boolean toldToContinue;
    /** The first bytes of a response, as long as they do not show yet what it is. */
    private final byte[] begun = new byte[STATUS_ENDS];

    private int begunBytes;
    private boolean lineBegun;
    private int dropped;
    private int droppedBytes;
    private boolean ended;

    private InterimResponses(StreamSourceConduit next) {
        super(next);
    }

    /** Puts itself between the connection's socket and whoever reads from it. */
    static InterimResponses install(StreamConnection connection) {
        InterimResponses interim =
                new InterimResponses(connection.getSourceChannel().getConduit());
        connection.getSourceChannel().setConduit(interim);
        return interim;
    }

    /**
     * What is read next begins with the response to a new request.
     *
     * @param onContinue is run when the instance has said that it wants the body
     */
    void awaitResponse(Runnable onContinue) {
        expect = Expect.STATUS;
        continued = onContinue;
        begunBytes = 0;
        dropped = 0;
        droppedBytes = 0;
    }

    /** Whether first bytes have arrived that do not show yet whether the response is a final one. */
    boolean hasBegun() {
        return begunBytes > 0;
    }

    /** Whether the latest look for bytes found that there are no more to come. */
    boolean hasEnded() {
        return ended;
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        return expect == Expect.NOTHING ? readNext(target) : readResponse(target);
    }

    private int readNext(ByteBuffer target) throws IOException {
        // Also where the next line throws.
        ended = true;
        int read = next.read(target);
        ended = read < 0;
        return read;
    }

    private int readResponse(ByteBuffer target) throws IOException {
        int start = target.position();
        target.put(begun, 0, begunBytes);
        int read = readNext(target);
        if (read <= 0) {
            target.position(start);
            return read;
        }
        begunBytes = 0;
        int kept = keepFinal(target, start);
        if (toldToContinue) {
            toldToContinue = false;
            continued.run();
            // The client may have turned out to be gone, and the connection have been closed for that.
            return isReadShutdown() ? -1 : kept;
        }
        return kept;
    }

    /** Moves what belongs to the final response to the start. Returns how much that is. */
    private int keepFinal(ByteBuffer bytes, int start) throws TooMany {
        int end = bytes.position();
        int at = start;
        while (at < end && expect != Expect.NOTHING) {
            at = expect == Expect.STATUS ? readStatus(bytes, at, end) : skipHead(bytes, at, end);
        }
        if (at > start) {
            bytes.put(start, bytes, at, end - at);
            bytes.position(start + end - at);
        }
        return end - at;
    }

    /** Returns where to read on. */
    private int readStatus(ByteBuffer bytes, int at, int end) throws TooMany {
        if (end - at < STATUS_ENDS) {
            begunBytes = end - at;
            bytes.get(at, begun, 0, begunBytes);
            return end;
        }
        if (!isInterim(bytes, at)) {
            expect = Expect.NOTHING;
            return at;
        }
        toldToContinue |= bytes.get(at + 10) == '0' && bytes.get(at + 11) == '0';
        expect = Expect.END_OF_HEAD;
        lineBegun = true;
        count(1, STATUS_ENDS);
        return at + STATUS_ENDS;
    }

    private static boolean isInterim(ByteBuffer bytes, int at) {
        if (bytes.get(at + 9) != '1') {
            return false;
        }
        for (int i = 0; i < BEGIN.length; i++) {
            if (bytes.get(at + i) != BEGIN[i]) {
                return false;
            }
        }
        byte tens = bytes.get(at + 10);
        byte ones = bytes.get(at + 11);
        return bytes.get(at + 8) == ' ' && isDigit(tens) && isDigit(ones) && !(tens == '0' && ones == '1');
    }

    private static boolean isDigit(byte octet) {
        return octet >= '0' && octet <= '9';
    }

    /** Returns where the response ends that begins next, or where the bytes do. */
    private int skipHead(ByteBuffer bytes, int from, int end) throws TooMany {
        int at = from;
        while (at < end && expect == Expect.END_OF_HEAD) {
            byte octet = bytes.get(at++);
            if (octet == '\n') {
                if (!lineBegun) {
                    expect = Expect.STATUS;
                }
                lineBegun = false;
            } else if (octet != '\r') {
                lineBegun = true;
            }
        }
        count(0, at - from);
        return at;
    }

    private void count(int responses, int bytes) throws TooMany {
        dropped += responses;
        droppedBytes += bytes;
        if (dropped > MOST || droppedBytes > MOST_BYTES) {
            throw new TooMany();
        }
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        if (expect == Expect.NOTHING) {
            return next.read(targets, offset, length);
        }
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return readResponse(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return expect == Expect.NOTHING
                ? next.transferTo(position, count, target)
                : target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return expect == Expect.NOTHING
                ? next.transferTo(count, throughBuffer, target)
                : IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
    }
}
