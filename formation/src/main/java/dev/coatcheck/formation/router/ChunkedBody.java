package dev.coatcheck.formation.router;

import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Decodes a chunked request body, strictly (RFC 9112, section 7.1). Undertow's own decoder takes a size that is no
 * number for 0, and skips whatever follows a chunk up to a line feed: enough to smuggle a request past whoever stands
 * in front and reads it otherwise.
 *
 * <p>Chunk extensions and trailer fields are checked, bounded and dropped.
 */
final class ChunkedBody extends AbstractStreamSourceConduit<StreamSourceConduit> {
    private static final int LONGEST_SIZE = 15;
    /** Of one chunk's extensions, or of all trailer fields. */
    private static final int MOST_TEXT = 8192;

    /** The body breaks the rules; the connection is still open, to say so. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String what) {
            super("Chunked request body: " + what);
        }
    }

    private enum Expect {
        SIZE,
        EXTENSION,
        SIZE_LF,
        DATA,
        DATA_CR,
        DATA_LF,
        TRAILER,
        TRAILER_LF,
        END_LF,
        NOTHING
    }

    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private Expect expect = Expect.SIZE;
    private long size;
    private int digits;
    private int text;
    private boolean lineBegun;
    private boolean colon;

    private ChunkedBody(HttpServerExchange exchange, HttpServerConnection connection) {
        super(new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(), connection));
        this.exchange = exchange;
        this.connection = connection;
    }

    /** Puts itself in the place of the decoder that Undertow has set up. Before the request channel is asked for. */
    static void install(HttpServerExchange exchange) {
        HttpServerConnection connection = (HttpServerConnection) exchange.getConnection();
        connection.getChannel().getSourceChannel().setConduit(new ChunkedBody(exchange, connection));
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int start = target.position();
        boolean more = true;
        while (more && target.hasRemaining() && expect != Expect.NOTHING) {
            more = expect == Expect.DATA ? readData(target) : readFraming();
        }
        int read = target.position() - start;
        if (read == 0 && expect == Expect.NOTHING) {
            Connectors.terminateRequest(exchange);
            return -1;
        }
        return read;
    }

    /** Data go straight to whoever wants them. Returns false where nothing has arrived. */
    private boolean readData(ByteBuffer target) throws IOException {
        int limit = target.limit();
        target.limit((int) Math.min(limit, target.position() + size));
        int read;
        try {
            read = next.read(target);
        } finally {
            target.limit(limit);
        }
        size -= Math.max(0, arrived(read));
        if (size == 0) {
            expect = Expect.DATA_CR;
        }
        return read > 0;
    }

    /** What lies between the data; whatever follows is put back. Returns false where nothing has arrived. */
    private boolean readFraming() throws IOException {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        ByteBuffer buffer = pooled.getBuffer();
        boolean putBack = false;
        try {
            int read = arrived(next.read(buffer));
            buffer.flip();
            while (buffer.hasRemaining() && expect != Expect.DATA && expect != Expect.NOTHING) {
                accept(buffer.get() & 0xff);
            }
            putBack = buffer.hasRemaining();
            return read > 0;
        } finally {
            if (putBack) {
                connection.ungetRequestBytes(pooled);
            } else {
                pooled.close();
            }
        }
    }

    private static int arrived(int read) throws EOFException {
        if (read < 0) {
            throw new EOFException("The client ended its request within a chunked body");
        }
        return read;
    }

    private void accept(int octet) throws Malformed {
        switch (expect) {
            case SIZE -> size(octet);
            case EXTENSION -> extension(octet);
            case SIZE_LF -> {
                exactly('\n', octet, size > 0 ? Expect.DATA : Expect.TRAILER);
                digits = 0;
                text = 0;
            }
            case DATA_CR -> exactly('\r', octet, Expect.DATA_LF);
            case DATA_LF -> exactly('\n', octet, Expect.SIZE);
            case TRAILER -> trailer(octet);
            case TRAILER_LF -> exactly('\n', octet, Expect.TRAILER);
            case END_LF -> exactly('\n', octet, Expect.NOTHING);
            case DATA, NOTHING -> throw new IllegalStateException("No framing is expected here: " + expect);
        }
    }

    private void size(int octet) throws Malformed {
        int digit = octet < 128 ? Character.digit(octet, 16) : -1;
        if (digit >= 0) {
            if (++digits > LONGEST_SIZE) {
                throw new Malformed("a chunk size has more than " + LONGEST_SIZE + " digits");
            }
            size = size << 4 | digit;
        } else if (digits == 0) {
            throw new Malformed("a chunk has no size");
        } else if (octet == '\r') {
            expect = Expect.SIZE_LF;
        } else if (octet == ';') {
            expect = Expect.EXTENSION;
        } else {
            throw new Malformed("a chunk size is not hexadecimal");
        }
    }

    private void extension(int octet) throws Malformed {
        if (octet == '\r') {
            expect = Expect.SIZE_LF;
        } else {
            text(octet);
        }
    }

    private void trailer(int octet) throws Malformed {
        if (octet != '\r') {
            if (octet == ':' && lineBegun) {
                colon = true;
            } else if (!colon && !Tokens.isTokenCharacter(octet)) {
                throw new Malformed("a trailer field has no proper name");
            }
            lineBegun = true;
            text(octet);
        } else if (!lineBegun) {
            expect = Expect.END_LF;
        } else if (colon) {
            lineBegun = false;
            colon = false;
            expect = Expect.TRAILER_LF;
        } else {
            throw new Malformed("a trailer field has no colon");
        }
    }

    private void text(int octet) throws Malformed {
        if ((octet < ' ' && octet != '\t') || octet == 0x7f) {
            throw new Malformed("a control character between chunks");
        }
        if (++text > MOST_TEXT) {
            throw new Malformed("more than " + MOST_TEXT + " bytes of extensions or trailer fields");
        }
    }

    private void exactly(char wanted, int octet, Expect then) throws Malformed {
        if (octet != wanted) {
            throw new Malformed("a line does not end in CR LF, or a chunk is longer than its size");
        }
        expect = then;
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        for (int i = offset; i < offset + length; i++) {
            if (targets[i].hasRemaining()) {
                return read(targets[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long at, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), at, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), count, throughBuffer, target);
    }
}
