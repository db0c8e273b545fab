package dev.coatcheck.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** A Lua script that the server runs alone and whole; sent by its digest, and in full where the server has not seen it. */
record Script(String text, String digest) {

    /** Reads a script, from files beside this class that are put after one another. */
    static Script of(String... files) {
        var text = new StringBuilder();
        for (var file : files) {
            text.append(read(file)).append('\n');
        }
        return new Script(text.toString(), sha1(text.toString()));
    }

    private static String read(String file) {
        try (var stream = Script.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new AssertionError("the script " + file + " is not in this jar");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("could not read the script " + file, e);
        }
    }

    private static String sha1(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-1", e);
        }
    }
}
