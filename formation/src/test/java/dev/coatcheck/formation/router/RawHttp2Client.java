package dev.coatcheck.formation.router;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A client that speaks HTTP/2 frame by frame, and may say what no library would (RFC 9113). */
final class RawHttp2Client implements AutoCloseable {
    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;
    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    /**
     * What a test wants to know of a frame.
     *
     * @param begin the first octet of its payload; 0 where there is none
     * @param errorCode of one that ends a stream or the connection
     */
    record Frame(int type, int stream, int begin, int errorCode) {}

    private final SSLSocket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    RawHttp2Client(Router router) throws Exception {
        socket = (SSLSocket)
                TlsTest.trusting().getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), router.port());
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {"h2"});
        socket.setSSLParameters(parameters);
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(SETTINGS, 0, 0, new byte[0]);
    }

    /** Each field as {@code name=value}, in this order, as a literal without indexing (RFC 7541, section 6.2.2). */
    static byte[] head(List<String> fields) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (String field : fields) {
            int equals = field.indexOf('=', 1);
            block.write(0);
            text(block, field.substring(0, equals));
            text(block, field.substring(equals + 1));
        }
        return block.toByteArray();
    }

    private static void text(ByteArrayOutputStream block, String text) {
        byte[] octets = text.getBytes(StandardCharsets.ISO_8859_1);
        if (octets.length < 127) {
            block.write(octets.length);
        } else {
            block.write(127);
            int rest = octets.length - 127;
            while (rest >= 128) {
                block.write(rest % 128 + 128);
                rest /= 128;
            }
            block.write(rest);
        }
        block.writeBytes(octets);
    }

    RawHttp2Client frame(int type, int flags, int stream, byte[] payload) throws IOException {
        out.write(payload.length >> 16);
        out.writeShort(payload.length);
        out.write(type);
        out.write(flags);
        out.writeInt(stream);
        out.write(payload);
        out.flush();
        return this;
    }

    RawHttp2Client get(int stream, String path) throws IOException {
        List<String> fields = List.of(":method=GET", ":scheme=https", ":authority=a", ":path=" + path);
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, head(fields));
    }

    RawHttp2Client reset(int stream) throws IOException {
        return frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, 8});
    }

    Frame read() throws IOException {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[length];
        in.readFully(payload);
        int begin = length == 0 ? 0 : payload[0] & 0xff;
        int errorCode =
                switch (type) {
                    case RST_STREAM -> payload[3];
                    case GOAWAY -> payload[7];
                    default -> 0;
                };
        return new Frame(type, stream, begin, errorCode);
    }

    /** The next frame of one of these types; a closed connection counts as GOAWAY without a word. */
    Frame next(int... types) throws IOException {
        while (true) {
            try {
                Frame frame = read();
                for (int type : types) {
                    if (frame.type() == type) {
                        return frame;
                    }
                }
            } catch (EOFException | SocketException closed) {
                return new Frame(GOAWAY, 0, 0, 0);
            }
        }
    }

    @Override
    public void close() throws IOException {
        // It waits for the router to close, too, and that may have been told to wait itself.
        socket.setSoTimeout(500);
        socket.close();
    }
}
