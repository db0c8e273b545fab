package dev.coatcheck.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** By what a repeated request is known: digests, so that the store holds neither bodies nor who sent them. */
final class RequestFingerprint {
    private final MessageDigest digest;

    private RequestFingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    /** The key in the store: of one user, so that nobody gets another's answer. */
    static String ofKey(String key, Optional<String> user) {
        var fingerprint = new RequestFingerprint();
        fingerprint.add(user.isPresent() ? "user" : "nobody");
        fingerprint.add(user.orElse(""));
        fingerprint.add(key);
        return fingerprint.hex();
    }

    /** @param body or what stands for it */
    static String of(HttpServletRequest request, byte[] body) {
        var query = request.getQueryString();
        return of(request.getMethod(), request.getRequestURI(), query == null ? "" : query, body);
    }

    static String of(String method, String path, String query, byte[] body) {
        var fingerprint = new RequestFingerprint();
        fingerprint.add(method);
        fingerprint.add(path);
        fingerprint.add(query);
        fingerprint.add(body);
        return fingerprint.hex();
    }

    private void add(String part) {
        add(part.getBytes(StandardCharsets.UTF_8));
    }

    /** With its length, so that no two lists of parts give the same bytes. */
    private void add(byte[] part) {
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        digest.update(part);
    }

    private String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
