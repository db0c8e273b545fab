package dev.coatcheck.servlet;

import dev.coatcheck.servlet.uploads.TusAccess;
import dev.coatcheck.servlet.uploads.TusCreation;
import dev.coatcheck.state.blobs.PutOptions;
import dev.coatcheck.state.uploads.NewUpload;
import dev.coatcheck.state.uploads.Upload;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** An application to which people upload films: each their own, whom a header names. */
final class Films implements TusAccess {
    static final String USER = "X-User";

    /** Says in an answer what was finished. */
    static final String FILM = "Film";

    static final int MAX_BYTES = 64 << 20;

    private final long maxBytes;
    private final List<Upload> finished = new CopyOnWriteArrayList<>();

    Films() {
        this(MAX_BYTES);
    }

    /** @param maxBytes how many bytes a film may have */
    Films(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Override
    public Optional<NewUpload> begin(HttpServletRequest request, TusCreation creation) {
        var user = request.getHeader(USER);
        var type = creation.contentType().orElse("application/octet-stream");
        var options = PutOptions.ofType(type).withMaxBytes(maxBytes);
        return user == null
                ? Optional.empty()
                : Optional.of(
                        NewUpload.to("films/" + UUID.randomUUID(), options).withAttributes(Map.of("owner", user)));
    }

    @Override
    public OptionalLong maxBytes(HttpServletRequest request) {
        return OptionalLong.of(maxBytes);
    }

    @Override
    public boolean mayUse(HttpServletRequest request, Upload upload) {
        return Optional.ofNullable(upload.begun().attributes().get("owner"))
                .filter(owner -> owner.equals(request.getHeader(USER)))
                .isPresent();
    }

    @Override
    public void finished(HttpServletRequest request, HttpServletResponse response, Upload upload) {
        response.setHeader(FILM, upload.begun().key().orElseThrow());
        finished.add(upload);
    }

    /** As it was told, perhaps more than once of one upload. */
    List<Upload> finished() {
        return List.copyOf(finished);
    }
}
