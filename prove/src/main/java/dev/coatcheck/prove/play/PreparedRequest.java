package dev.coatcheck.prove.play;

import java.util.Optional;
import org.apache.hc.core5.http.HttpEntity;

/** A request with the bytes of its body. */
record PreparedRequest(SentRequest sent, Optional<HttpEntity> entity) {
    /** What the path of its cookies is compared with. */
    String path() {
        return sent.target().split("\\?", 2)[0];
    }
}
