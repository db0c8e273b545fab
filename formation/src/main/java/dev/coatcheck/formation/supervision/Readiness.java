package dev.coatcheck.formation.supervision;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
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
    private static final int ANSWER_MILLIS = 5_000;
    private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (\\d{3}).*");

    private final Optional<String> path;

    /**
     * With a path, that has to answer 2xx; without, {@code /} has to answer anything below 500, as an application that
     * redirects to a login, or has no page there at all, does.
     */
    public Readiness(Optional<String> path) {
        this.path = path;
    }

    /** What is missing, or empty when nothing is. Takes some six seconds at most. */
    Optional<String> lacking(int tcpPort) {
        return lacking(new InetSocketAddress(InetAddress.getLoopbackAddress(), tcpPort));
    }

    /** What is missing at this address, or empty when nothing is. Takes some six seconds at most. */
    public Optional<String> lacking(InetSocketAddress address) {
        int tcpPort = address.getPort();
        String asked = path.orElse("/");
        try (Socket socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            try {
                return lacking(asked, status(socket, asked, tcpPort));
            } catch (IOException e) {
                return Optional.of(asked + " gives no answer (" + e.getMessage() + ")");
            }
        } catch (IOException e) {
            return Optional.of("nothing listens on TCP port " + tcpPort + " (the number is given to it as PORT)");
        }
    }

    private Optional<String> lacking(String asked, int status) {
        boolean ready = path.isPresent() ? status / 100 == 2 : status < 500;
        return ready ? Optional.empty() : Optional.of(asked + " answers " + status);
    }

    private static int status(Socket socket, String asked, int tcpPort) throws IOException {
        String request = "GET " + asked + " HTTP/1.1\r\nHost: 127.0.0.1:" + tcpPort
                + "\r\nUser-Agent: coatcheck-readiness\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        byte[] answer = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
        Matcher line = STATUS_LINE.matcher(new String(answer, StandardCharsets.ISO_8859_1));
        if (!line.matches()) {
            throw new IOException("what answers there does not speak HTTP/1");
        }
        return Integer.parseInt(line.group(1));
    }
}
