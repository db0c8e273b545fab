package dev.coatcheck.cli.doctor;

import dev.coatcheck.formation.application.ResourceUrl;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A connection to a Redis, for a few questions in RESP2. Not thread-safe. */
final class RespConnection implements Closeable {
    /** Far more than any answer to what is asked here. */
    private static final int LARGEST = 1 << 20;

    private final Socket socket;
    private final InputStream in;

    private RespConnection(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /** The server said no. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1;

        RefusedException(String message) {
            super(message);
        }
    }

    /**
     * Connects, with TLS for {@code rediss}, and logs in where the URL has a password.
     *
     * @throws RefusedException if it does not let this user in
     */
    static RespConnection open(ResourceUrl url, Duration limit) throws IOException {
        Socket socket = new Socket();
        try {
            int millis = Math.toIntExact(limit.toMillis());
            socket.connect(new InetSocketAddress(url.host(), url.tcpPort()), millis);
            socket.setSoTimeout(millis);
            RespConnection connection = new RespConnection(secured(socket, url));
            connection.logIn(url);
            return connection;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void logIn(ResourceUrl url) throws IOException {
        if (url.password().isEmpty()) {
            return;
        }
        try {
            ask(url.user().isEmpty() ? List.of("AUTH", url.password()) : List.of("AUTH", url.user(), url.password()));
        } catch (RefusedException e) {
            // Who does not know this command repeats what it was given.
            throw new RefusedException(String.valueOf(e.getMessage()).replace(url.password(), "***"));
        }
    }

    private static Socket secured(Socket plain, ResourceUrl url) throws IOException {
        if (!url.scheme().equals("rediss") && !url.scheme().equals("valkeys")) {
            return plain;
        }
        SSLSocket secured = (SSLSocket)
                ((SSLSocketFactory) SSLSocketFactory.getDefault()).createSocket(plain, url.host(), url.tcpPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    /**
     * The texts in the answer, in their order.
     *
     * @throws RefusedException if it is an error
     */
    List<String> ask(List<String> command) throws IOException {
        StringBuilder request = new StringBuilder("*" + command.size() + "\r\n");
        for (String part : command) {
            request.append('$')
                    .append(part.getBytes(StandardCharsets.UTF_8).length)
                    .append("\r\n");
            request.append(part).append("\r\n");
        }
        socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
        List<String> texts = new ArrayList<>();
        read(texts);
        return texts;
    }

    private void read(List<String> texts) throws IOException {
        String line = line();
        String rest = line.isEmpty() ? "" : line.substring(1);
        switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+', ':' -> texts.add(rest);
            case '-' -> throw new RefusedException(rest);
            case '$' -> bulk(number(rest), texts);
            case '*' -> {
                for (int i = number(rest); i > 0; i--) {
                    read(texts);
                }
            }
            default -> throw new ProtocolException("it does not speak Redis' protocol");
        }
    }

    private void bulk(int length, List<String> texts) throws IOException {
        if (length >= 0) {
            byte[] bytes = in.readNBytes(length);
            if (bytes.length < length) {
                throw new EOFException("the connection ended within an answer");
            }
            line();
            texts.add(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new EOFException("the connection ended without an answer");
            }
            if (line.length() > LARGEST) {
                throw new ProtocolException("it does not speak Redis' protocol");
            }
            line.append((char) next);
        }
        return line.toString().stripTrailing();
    }

    private static int number(String text) throws ProtocolException {
        if (!text.matches("-1|\\d{1,7}") || Integer.parseInt(text) > LARGEST) {
            throw new ProtocolException("it does not speak Redis' protocol");
        }
        return Integer.parseInt(text);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
