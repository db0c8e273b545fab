package dev.coatcheck.servlet.uploads;

import dev.coatcheck.servlet.uploads.TusRefusal.RefusedException;
import dev.coatcheck.state.StoredText;
import dev.coatcheck.state.uploads.ChunkChecksum;
import dev.coatcheck.state.uploads.ChunkChecksum.Algorithm;
import dev.coatcheck.state.uploads.UploadId;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** What a request says by its headers, or that it says nothing that can be understood. */
record TusHeaders(HttpServletRequest request) {
    static final String OFFSET = "Upload-Offset";
    static final String LENGTH = "Upload-Length";
    static final String DEFER_LENGTH = "Upload-Defer-Length";
    static final String METADATA = "Upload-Metadata";
    static final String CONCAT = "Upload-Concat";
    static final String CHECKSUM = "Upload-Checksum";

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");
    private static final Pattern NAME = Pattern.compile("[\\x21-\\x2B\\x2D-\\x7E]+");
    private static final String FINAL = "final;";

    Optional<String> text(String name) {
        return Optional.ofNullable(request.getHeader(name)).map(String::strip);
    }

    /** What is asked for; only a POST may mean something else than it is, which whoever stands in front takes for a change. */
    String method() {
        var method = request.getMethod();
        return method.equals("POST") ? text("X-HTTP-Method-Override").orElse(method) : method;
    }

    OptionalLong number(String name) throws RefusedException {
        var text = text(name);
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        if (!NUMBER.matcher(text.get()).matches()) {
            throw TusRefusal.BAD_REQUEST.asException();
        }
        return OptionalLong.of(Long.parseLong(text.get()));
    }

    /** The length of an upload that is begun, or that it is said later. */
    OptionalLong announcedLength() throws RefusedException {
        var length = number(LENGTH);
        var deferred = text(DEFER_LENGTH);
        if (deferred.isPresent() ? length.isPresent() || !deferred.get().equals("1") : length.isEmpty()) {
            throw TusRefusal.BAD_REQUEST.asException();
        }
        return length;
    }

    boolean isPart() {
        return text(CONCAT).equals(Optional.of("partial"));
    }

    /** Which parts are to be joined; none where the request does not speak of joining. */
    List<UploadId> parts() throws RefusedException {
        var concat = text(CONCAT).orElse("partial");
        if (concat.equals("partial")) {
            return List.of();
        }
        if (!concat.startsWith(FINAL)) {
            throw TusRefusal.BAD_REQUEST.asException();
        }
        var parts = new ArrayList<UploadId>();
        for (var address : concat.substring(FINAL.length()).strip().split(" +", -1)) {
            parts.add(UploadId.parse(address.substring(address.lastIndexOf('/') + 1))
                    .orElseThrow(TusRefusal.PART_MISSING::asException));
        }
        return parts;
    }

    /** The texts by their names, decoded. */
    Map<String, String> metadata() throws RefusedException {
        var header = text(METADATA).orElse("");
        var metadata = new LinkedHashMap<String, String>();
        if (header.isEmpty()) {
            return metadata;
        }
        try {
            for (var pair : header.split(",", -1)) {
                var fields = pair.strip().split(" ", 2);
                var value = StoredText.require("metadata", decoded(fields.length > 1 ? fields[1].strip() : ""));
                if (!NAME.matcher(fields[0]).matches() || metadata.put(fields[0], value) != null) {
                    throw TusRefusal.BAD_REQUEST.asException();
                }
            }
        } catch (IllegalArgumentException | CharacterCodingException e) {
            throw TusRefusal.BAD_REQUEST.asException();
        }
        return metadata;
    }

    private static String decoded(String base64) throws CharacterCodingException {
        var bytes = Base64.getDecoder().decode(base64);
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes))
                .toString();
    }

    Optional<ChunkChecksum> checksum() throws RefusedException {
        var text = text(CHECKSUM);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        var fields = text.get().split(" ", 2);
        try {
            var digest = Base64.getDecoder().decode(fields.length > 1 ? fields[1].strip() : "");
            return Optional.of(
                    new ChunkChecksum(algorithm(fields[0]), HexFormat.of().formatHex(digest)));
        } catch (IllegalArgumentException e) {
            throw TusRefusal.BAD_REQUEST.asException();
        }
    }

    private static Algorithm algorithm(String name) throws RefusedException {
        return switch (name) {
            case "md5" -> Algorithm.MD5;
            case "sha1" -> Algorithm.SHA1;
            case "sha256" -> Algorithm.SHA256;
            default -> throw TusRefusal.UNKNOWN_CHECKSUM.asException();
        };
    }

    /** Whether the body is bytes of an upload. */
    boolean hasBytes() {
        var type = Optional.ofNullable(request.getContentType()).orElse("");
        return type.split(";", 2)[0].strip().equalsIgnoreCase("application/offset+octet-stream");
    }
}
