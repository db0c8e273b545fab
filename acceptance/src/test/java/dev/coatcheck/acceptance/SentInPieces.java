package dev.coatcheck.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Base64;

/** A visitor's photo that is sent in pieces, by tus, each to whichever address. */
record SentInPieces(Visitor visitor, String path) {

    static SentInPieces begin(Visitor visitor, URI address, long length) throws IOException, InterruptedException {
        var type = Base64.getEncoder().encodeToString("image/jpeg".getBytes(UTF_8));
        var begun = visitor.send(
                "POST",
                address,
                "/uploads",
                BodyPublishers.noBody(),
                "Tus-Resumable",
                "1.0.0",
                "Upload-Length",
                Long.toString(length),
                "Upload-Metadata",
                "filetype " + type);
        assertThat(begun.statusCode()).as(new String(begun.body(), UTF_8)).isEqualTo(201);
        return new SentInPieces(visitor, begun.headers().firstValue("Location").orElseThrow());
    }

    HttpResponse<byte[]> send(URI address, long offset, BodyPublisher piece) throws IOException, InterruptedException {
        return visitor.send(
                "PATCH",
                address,
                path,
                piece,
                "Tus-Resumable",
                "1.0.0",
                "Upload-Offset",
                Long.toString(offset),
                "Content-Type",
                "application/offset+octet-stream");
    }

    /** How many bytes are kept. */
    long offset(URI address) throws IOException, InterruptedException {
        var answer = look(address);
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.headers().firstValueAsLong("Upload-Offset").orElseThrow();
    }

    boolean isThere(URI address) throws IOException, InterruptedException {
        return look(address).statusCode() != 404;
    }

    private HttpResponse<byte[]> look(URI address) throws IOException, InterruptedException {
        return visitor.send("HEAD", address, path, BodyPublishers.noBody(), "Tus-Resumable", "1.0.0");
    }
}
