package dev.coatcheck.formation.router;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** A client on a bare socket, which may say what no library would. */
final class RawClient implements AutoCloseable {

    record Response(int status, String head, String body) {
        Optional<String> header(String name) {
            return Http.header(head, name);
        }
    }

    final Socket socket;
    final InputStream in;

    RawClient(Router router) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), router.port());
        socket.setSoTimeout(20_000);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream());
    }

    RawClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    RawClient sendByteByByte(String text) throws IOException {
        for (byte octet : text.getBytes(StandardCharsets.ISO_8859_1)) {
            socket.getOutputStream().write(octet);
        }
        return this;
    }

    Response read() throws IOException {
        return read("GET");
    }

    /** The method decides whether the response to it has a body. */
    Response read(String method) throws IOException {
        String head = Http.readHead(in);
        if (head == null) {
            throw new IOException("the router closed the connection without a response");
        }
        int status = Integer.parseInt(head.substring(9, 12));
        boolean bodiless = method.equals("HEAD") || status == 204 || status == 304 || status < 200;
        byte[] body = bodiless ? new byte[0] : Http.readBody(in, head, true);
        return new Response(status, head, new String(body, StandardCharsets.UTF_8));
    }

    /** Whether the router has closed the connection; waits for it. */
    boolean isClosed() throws IOException {
        return in.read() < 0;
    }

    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
