package dev.coatcheck.servlet.uploads;

import dev.coatcheck.state.blobs.PutOptions;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a client says of an upload that it wants to begin. All of it is the client's word: a file name is no path, and a type
 * no promise.
 *
 * @param kind whether it is one of its own, a part of one, or one that parts are joined to
 * @param length how many bytes it is to have, where that is known
 * @param metadata as most clients say it: {@code filename}, {@code filetype}
 */
public record TusCreation(Kind kind, OptionalLong length, Map<String, String> metadata) {

    /** What is to be begun. */
    public enum Kind {
        WHOLE,
        PART,
        JOINED
    }

    public TusCreation {
        metadata = Map.copyOf(metadata);
    }

    /** The type that the client says in {@code filetype}; empty where it says none, or what is none to a store. */
    public Optional<String> contentType() {
        try {
            return Optional.ofNullable(metadata.get("filetype"))
                    .map(type -> PutOptions.ofType(type).contentType());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
