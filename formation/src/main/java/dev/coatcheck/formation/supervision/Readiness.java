package dev.coatcheck.formation.supervision;

import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether an instance is ready for requests: its TCP port accepts a connection, and a path answers as it should. Safe for
 * use by several threads.
 *
 * <p>Asks over a plain socket and reads no further than the status: a page that never ends must not hold up the start, and
 * a connection that an HTTP client keeps open would hold up the end.
 */
public final class Readiness {
    private static final int CONNECT_MILLIS = 1_000;
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);

    /** So often it is asked whether an answer is still wanted. */
    private static final int PATIENCE_MILLIS = 50;

    private static final int SWITCHING_PROTOCOLS = 101;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");

    /** An application that listens on {@code localhost} is at either of them, as its platform chooses. */
    private static final List<InetAddress> LOOPBACK =
            List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

    private final Optional<String> path;

    /**
     * With a path, that has to answer 2xx; without, {@code /} has to answer anything below 500, as an application that
     * redirects to a login, or has no page there at all, does.
     */
    public Readiness(Optional<String> path) {
        this.path = path;
    }

    /** What a look at an instance found. */
    sealed interface Look {
        /** Nothing is missing, at this address. */
        record Ready(InetSocketAddress address) implements Look {}

        /** This is missing. */
        record Lacking(String what) implements Look {}
    }

    /**
     * Looks at both addresses of this machine's loopback. Takes some twelve seconds at most.
     *
     * @param enough ends it early, within a second; then nothing is said of an instance that has not answered yet
     */
    Look look(int tcpPort, BooleanSupplier enough) {
        Optional<String> lacking = Optional.empty();
        for (InetAddress host : LOOPBACK) {
            if (enough.getAsBoolean()) {
                break;
            }
            InetSocketAddress address = new InetSocketAddress(host, tcpPort);
            try (Socket socket = connect(address)) {
                Optional<String> lackingHere = lacking(socket, address, enough);
                if (lackingHere.isEmpty()) {
                    return new Look.Ready(address);
                }
                lacking = lacking.or(() -> lackingHere);
            } catch (IOException e) {
                // It may listen at the other one.
            }
        }
        return new Look.Lacking(lacking.orElseGet(() -> nothingListens(tcpPort)));
    }

    /** What is missing at this address, or empty when nothing is. Takes some six seconds at most. */
    public Optional<String> lacking(InetSocketAddress address) {
        try (Socket socket = connect(address)) {
            return lacking(socket, address, () -> false);
        } catch (IOException e) {
            return Optional.of(nothingListens(address.getPort()));
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static String nothingListens(int tcpPort) {
        return "nothing listens on TCP port " + tcpPort + " (the number is given to it as PORT)";
    }

    private Optional<String> lacking(Socket socket, InetSocketAddress address, BooleanSupplier enough) {
        String asked = path.orElse("/");
        try {
            return lacking(asked, status(socket, asked, address, enough));
        } catch (IOException e) {
            return Optional.of(asked + " gives no answer (" + e.getMessage() + ")");
        }
    }

    private Optional<String> lacking(String asked, int status) {
        boolean ready = path.isPresent() ? status / 100 == 2 : status < 500;
        return ready ? Optional.empty() : Optional.of(asked + " answers " + status);
    }

    private static int status(Socket socket, String asked, InetSocketAddress address, BooleanSupplier enough)
            throws IOException {
        String literal = address.getAddress() instanceof Inet6Address six
                ? "[" + six.getHostAddress() + "]"
                : address.getAddress().getHostAddress();
        String request = "GET " + asked + " HTTP/1.1\r\nHost: " + literal + ":" + address.getPort()
                + "\r\nUser-Agent: coatcheck-readiness\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        long start = System.nanoTime();
        InputStream in = socket.getInputStream();
        int status = status(in, start, enough);
        while (status / 100 == 1 && status != SWITCHING_PROTOCOLS) {
            skipHead(in, start, enough);
            status = status(in, start, enough);
        }
        return status;
    }

    private static int status(InputStream in, long start, BooleanSupplier enough) throws IOException {
        byte[] answer = read(in, "HTTP/1.1 200".length(), start, enough);
        Matcher line = STATUS_LINE.matcher(new String(answer, StandardCharsets.ISO_8859_1));
        if (!line.matches()) {
            throw new IOException("what answers there does not speak HTTP/1");
        }
        return Integer.parseInt(line.group(1));
    }

    /** What is left of the head of an interim response, up to the answer (RFC 9110, 15.2). */
    private static void skipHead(InputStream in, long start, BooleanSupplier enough) throws IOException {
        int ends = 0;
        while (ends < 2) {
            byte[] next = read(in, 1, start, enough);
            if (next.length == 0) {
                return;
            }
            ends = next[0] == '\n' ? ends + 1 : next[0] == '\r' ? ends : 0;
        }
    }

    /** Within the limit as a whole: an answer that comes byte by byte is none. Fewer bytes where it ends before. */
    private static byte[] read(InputStream in, int length, long start, BooleanSupplier enough) throws IOException {
        byte[] bytes = new byte[length];
        int count = 0;
        while (count < length) {
            if (enough.getAsBoolean() || System.nanoTime() - start > ANSWER_LIMIT.toNanos()) {
                throw new SocketTimeoutException("waited for " + ANSWER_LIMIT.toSeconds() + " s");
            }
            try {
                int read = in.read(bytes, count, length - count);
                if (read < 0) {
                    break;
                }
                count += read;
            } catch (SocketTimeoutException e) {
                // Perhaps it comes yet.
            }
        }
        return Arrays.copyOf(bytes, count);
    }
}
