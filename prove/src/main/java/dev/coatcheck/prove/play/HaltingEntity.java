package dev.coatcheck.prove.play;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** A body that is sent in two halves, with something done in between. */
final class HaltingEntity extends HttpEntityWrapper {
    private final HttpEntity entity;
    private final Midway midway;
    private final Midway.Answering answering;

    HaltingEntity(HttpEntity entity, Midway midway, Midway.Answering answering) {
        super(entity);
        this.entity = entity;
        this.midway = midway;
        this.answering = answering;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        entity.writeTo(whole);
        byte[] bytes = whole.toByteArray();
        int half = bytes.length / 2;
        if (bytes.length > 0) {
            out.write(bytes, 0, half);
            out.flush();
            midway.run(answering);
        }
        out.write(bytes, half, bytes.length - half);
    }
}
