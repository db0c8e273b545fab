package dev.coatcheck.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** An answer larger than any buffer, which is written when the container has room for more of it. */
final class WrittenWithoutBlocking implements WriteListener {
    static final Page PAGE = (request, response) -> {
        var async = request.startAsync();
        var out = async.getResponse().getOutputStream();
        out.setWriteListener(new WrittenWithoutBlocking(async, out));
    };

    private static final String PIECE = "0123456789".repeat(1_000);
    private static final int PIECES = 20;
    static final String BODY = PIECE.repeat(PIECES);

    private final AsyncContext async;
    private final ServletOutputStream out;
    private int left = PIECES;

    private WrittenWithoutBlocking(AsyncContext async, ServletOutputStream out) {
        this.async = async;
        this.out = out;
    }

    @Override
    public void onWritePossible() throws IOException {
        while (out.isReady()) {
            if (left-- == 0) {
                async.complete();
                return;
            }
            out.write(PIECE.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Override
    public void onError(Throwable failure) {
        async.complete();
    }
}
